#include "driver/raster/pyramid/tile_pass.h"

#include "stac/error.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace tiledir::raster
{

TEST(TilePass, EachIsDoneOnceOnAsManyThreadsAsThereAre)
{
    for (const int threads : {0, 1, 4, 200})
    {
        std::vector<std::atomic<int>> seen(100);
        TilePass pass("test", 100, {});
        pass.for_each(100, threads, [&](std::int64_t index) { ++seen[static_cast<std::size_t>(index)]; });
        EXPECT_NO_THROW(pass.check());
        for (const auto &times : seen)
        {
            EXPECT_EQ(times, 1) << threads;
        }
    }
}

TEST(TilePass, NothingToDoIsDone)
{
    TilePass pass("test", 0, [](double) { return false; });
    pass.for_each(0, 4, [](std::int64_t) { FAIL(); });
    EXPECT_FALSE(pass.is_stopped());
}

TEST(TilePass, OnlyTheThreadThatMadeItIsAsked)
{
    const auto caller = std::this_thread::get_id();
    std::atomic<int> asked{0};
    TilePass pass("test", 1000,
                  [&](double done)
                  {
                      EXPECT_EQ(std::this_thread::get_id(), caller);
                      EXPECT_GT(done, 0);
                      EXPECT_LE(done, 1);
                      ++asked;
                      return true;
                  });
    std::atomic<int> ours{0};
    pass.for_each(1000, 4,
                  [&](std::int64_t)
                  {
                      ours += std::this_thread::get_id() == caller ? 1 : 0;
                      pass.done();
                  });
    EXPECT_EQ(asked, ours);
}

TEST(TilePass, AlonePartsGrowToTheWhole)
{
    std::vector<double> parts;
    TilePass pass("test", 4,
                  [&](double done)
                  {
                      parts.push_back(done);
                      return true;
                  });
    pass.for_each(3, 1, [&](std::int64_t index) { pass.done(index == 0 ? 2 : 1); });
    EXPECT_EQ(parts, (std::vector<double>{0.5, 0.75, 1}));
}

TEST(TilePass, ANoStopsAllAndIsToldOfByName)
{
    std::atomic<int> begun{0};
    TilePass pass("verify", 1000000, [](double) { return false; });
    pass.for_each(1000000, 1,
                  [&](std::int64_t)
                  {
                      ++begun;
                      pass.done();
                  });
    EXPECT_EQ(begun, 1);
    EXPECT_TRUE(pass.is_stopped());
    try
    {
        pass.check();
        FAIL();
    }
    catch (const Interrupted &error)
    {
        EXPECT_STREQ(error.what(), "verify: interrupted");
    }
    pass.for_each(10, 4, [&](std::int64_t) { ++begun; });
    EXPECT_EQ(begun, 1);
}

TEST(TilePass, WhatOneThreadThrowsStopsTheOthersAndIsThrown)
{
    std::atomic<int> begun{0};
    TilePass pass("test", 1000000, {});
    EXPECT_THROW(pass.for_each(1000000, 4,
                               [&](std::int64_t)
                               {
                                   if (++begun == 100)
                                   {
                                       throw std::runtime_error("broken");
                                   }
                               }),
                 std::runtime_error);
    EXPECT_TRUE(pass.is_stopped());
    EXPECT_LT(begun, 1000000);
}

TEST(TilePass, GdalsProgressFunctionHasItsPart)
{
    std::vector<double> told;
    const auto progress = [](double done, const char *, void *data)
    {
        static_cast<std::vector<double> *>(data)->push_back(done);
        return done < 0.75 ? TRUE : FALSE;
    };
    const GoOn go_on = asking(progress, &told, 0.5);
    EXPECT_TRUE(go_on(0));
    EXPECT_FALSE(go_on(0.5));
    EXPECT_EQ(told, (std::vector<double>{0.5, 0.75}));
    EXPECT_TRUE(asking(nullptr, nullptr)(0.5));
}

} // namespace tiledir::raster
