#include "driver/store/lru_map.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace tiledir::store
{

namespace
{

using Map = LruMap<std::string, int>;

std::vector<std::string> keys(const Map::Entries &entries)
{
    std::vector<std::string> all;
    for (const Map::Entry &entry : entries)
    {
        all.push_back(entry.key);
    }
    return all;
}

} // namespace

TEST(LruMap, WhatWasUsedLongestAgoGoesFirst)
{
    Map map(10);
    map.insert("a", 1, 4);
    map.insert("b", 2, 4);
    ASSERT_NE(map.find("a"), nullptr);
    EXPECT_EQ(keys(map.insert("c", 3, 4)), std::vector<std::string>{"b"});
    EXPECT_EQ(map.find("b"), nullptr);
    EXPECT_EQ(*map.find("a"), 1);
    EXPECT_EQ(*map.find("c"), 3);
    EXPECT_EQ(map.cost(), 8U);
}

TEST(LruMap, APeekIsNoUse)
{
    Map map(2);
    map.insert("a", 1, 1);
    map.insert("b", 2, 1);
    EXPECT_EQ(*map.peek("a"), 1);
    EXPECT_EQ(keys(map.insert("c", 3, 1)), std::vector<std::string>{"a"});
}

TEST(LruMap, ManyGoForOneThatCostsMuch)
{
    Map map(4);
    for (const char *key : {"a", "b", "c", "d"})
    {
        map.insert(key, 0, 1);
    }
    EXPECT_EQ(keys(map.insert("e", 0, 3)), (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(map.cost(), 4U);
}

TEST(LruMap, WhatCostsTooMuchDrivesOutNothingButItsOwnOlderValue)
{
    Map map(4);
    map.insert("a", 1, 2);
    map.insert("b", 2, 2);
    EXPECT_EQ(keys(map.insert("b", 3, 5)), std::vector<std::string>{"b"});
    EXPECT_EQ(map.find("b"), nullptr);
    EXPECT_EQ(*map.find("a"), 1);
    EXPECT_EQ(map.cost(), 2U);
}

TEST(LruMap, AValueIsReplacedAndErasedWithItsCost)
{
    Map map(4);
    map.insert("a", 1, 3);
    EXPECT_EQ(keys(map.insert("a", 2, 4)), std::vector<std::string>{"a"});
    EXPECT_EQ(*map.find("a"), 2);
    EXPECT_EQ(keys(map.erase("a")), std::vector<std::string>{"a"});
    EXPECT_TRUE(map.erase("a").empty());
    EXPECT_EQ(map.cost(), 0U);
}

TEST(LruMap, WhatGoesLivesAsLongAsWhoeverInsertedWantsIt)
{
    LruMap<int, std::shared_ptr<int>> map(1);
    const auto value = std::make_shared<int>(7);
    map.insert(1, value, 1);
    {
        const auto gone = map.insert(2, nullptr, 1);
        EXPECT_EQ(value.use_count(), 2);
    }
    EXPECT_EQ(value.use_count(), 1);
}

} // namespace tiledir::store
