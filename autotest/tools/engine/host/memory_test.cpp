#include "tools/engine/executors/memory_budget.h"
#include "tools/engine/host/memory.h"

#include "stac/error.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace tiledir::engine
{
namespace
{

constexpr std::int64_t kMega = 1 << 20;

TEST(Memory, IsReadWithAUnitOfPowersOf1024)
{
    EXPECT_EQ(parse_memory("512MB", "x"), 512 * kMega);
    EXPECT_EQ(parse_memory("2 GiB", "x"), 2048 * kMega);
    EXPECT_EQ(parse_memory("1.5g", "x"), 1536 * kMega);
    EXPECT_EQ(parse_memory("1048576", "x"), kMega);
    EXPECT_NEAR(static_cast<double>(parse_memory("50%", "x")), 0.5 * static_cast<double>(memory_limit()), 1);
}

TEST(Memory, WhatIsNoAmountIsRefusedInOneLine)
{
    for (const char *text : {"", "much", "-1GB", "0", "2XB", "2GBs", "nan", "B"})
    {
        try
        {
            parse_memory(text, "r.yaml: memory");
            FAIL() << text;
        }
        catch (const InputError &error)
        {
            EXPECT_EQ(std::string(error.what()),
                      "r.yaml: memory: '" + std::string(text) + "' is no amount of memory; one is 2GB, 512MB or 50%");
        }
    }
}

TEST(Memory, OfThisProcessIsMeasured)
{
    EXPECT_GT(memory_limit(), 64 * kMega);
    const std::int64_t before = resident_memory(getpid());
    EXPECT_GT(before, 0);
    std::vector<char> taken(64 * kMega, 1);
    EXPECT_GT(resident_memory(getpid()), before + 60 * kMega);
    EXPECT_GE(peak_memory(), resident_memory(getpid()) - kMega);
    EXPECT_EQ(taken.back(), 1);
}

TEST(MemoryBudget, AdmitsAsManyAsFitAndAlwaysOne)
{
    MemoryBudget budget(1000, 100, 300, 8);
    EXPECT_TRUE(budget.begin(false));
    EXPECT_TRUE(budget.begin(false));
    EXPECT_TRUE(budget.begin(false));
    EXPECT_FALSE(budget.begin(false));
    budget.end();
    EXPECT_TRUE(budget.begin(false));
    MemoryBudget small(1000, 100, 3000, 8);
    EXPECT_TRUE(small.begin(false));
    EXPECT_FALSE(small.begin(false));
}

TEST(MemoryBudget, WhatNeedsAllGoesAlone)
{
    MemoryBudget budget(1000, 100, 10, 8);
    EXPECT_TRUE(budget.begin(false));
    EXPECT_FALSE(budget.begin(true));
    budget.end();
    EXPECT_TRUE(budget.begin(true));
    EXPECT_FALSE(budget.begin(false));
    budget.end();
    EXPECT_TRUE(budget.begin(false));
}

TEST(MemoryBudget, LearnsMoreAtOnceAndLessBitByBit)
{
    MemoryBudget budget(1000, 100, 100, 4);
    EXPECT_EQ(budget.share(), 225); // of four
    budget.learn(400);
    EXPECT_EQ(budget.share(), 450); // of two
    budget.learn(200);
    EXPECT_EQ(budget.share(), 450);
    for (int i = 0; i < 50; ++i)
    {
        budget.learn(200);
    }
    EXPECT_EQ(budget.share(), 225);
}

TEST(MemoryBudget, LearnsFromAllThatThreadsTakeTogether)
{
    MemoryBudget budget(1000, 100, 10, 4);
    EXPECT_TRUE(budget.begin(false));
    EXPECT_TRUE(budget.begin(false));
    budget.learn_of_all(900); // two of 400
    EXPECT_FALSE(budget.begin(false));
}

} // namespace
} // namespace tiledir::engine
