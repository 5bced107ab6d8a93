#include "driver/store/network/network_cache.h"

#include <gtest/gtest.h>

namespace tiledir::store
{

namespace
{

CachedObject object(std::size_t size, const std::string &etag)
{
    return {std::make_shared<const Bytes>(size), etag, NetworkCache::Clock::now()};
}

} // namespace

TEST(NetworkCache, KeepsWhatWasUsedLast)
{
    NetworkCache cache(10000);
    cache.insert("a", object(4000, "1"), cache.forgets());
    cache.insert("b", object(4000, "2"), cache.forgets());
    EXPECT_TRUE(cache.find("a"));
    cache.insert("c", object(4000, "3"), cache.forgets());
    EXPECT_TRUE(cache.find("a"));
    EXPECT_FALSE(cache.find("b"));
    EXPECT_EQ(cache.find("c")->etag, "3");
}

TEST(NetworkCache, AnObjectIsReplacedAndOneThatIsTooLargeNotKept)
{
    NetworkCache cache(10000);
    cache.insert("a", object(6000, "1"), cache.forgets());
    cache.insert("a", object(6000, "2"), cache.forgets());
    EXPECT_EQ(cache.find("a")->etag, "2");
    cache.insert("b", object(20000, "1"), cache.forgets());
    EXPECT_FALSE(cache.find("b"));
    EXPECT_TRUE(cache.find("a"));
}

TEST(NetworkCache, AbsenceIsKeptAndTakesRoomToo)
{
    NetworkCache cache(10000);
    for (int i = 0; i < 1000; ++i)
    {
        cache.insert("tile " + std::to_string(i), {nullptr, "", NetworkCache::Clock::now()}, cache.forgets());
    }
    ASSERT_TRUE(cache.find("tile 999"));
    EXPECT_FALSE(cache.find("tile 999")->stamp());
    EXPECT_FALSE(cache.find("tile 0"));
}

TEST(NetworkCache, WithoutETagsContentsDifferByTheTimeOfAsking)
{
    CachedObject one = object(1, "");
    CachedObject other = one;
    other.asked += std::chrono::nanoseconds(1);
    EXPECT_NE(one.stamp()->text, other.stamp()->text);
    EXPECT_EQ(object(1, "\"x\"").stamp()->text, "\"x\"");
}

} // namespace tiledir::store
