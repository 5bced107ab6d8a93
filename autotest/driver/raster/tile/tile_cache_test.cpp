#include "driver/raster/tile/tile_cache.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace tiledir::raster
{

namespace
{

std::shared_ptr<const DecodedTile> block_of(int bytes)
{
    auto tile = std::make_shared<DecodedTile>();
    tile->pixels = PixelBlock(bytes, 1, 1, GDT_Byte);
    return tile;
}

} // namespace

TEST(TileCache, DropsTheLeastRecentlyUsedFirst)
{
    TileCache cache(300);
    cache.insert("a", block_of(100));
    cache.insert("b", block_of(100));
    cache.insert("c", block_of(100));
    EXPECT_NE(cache.find("a"), nullptr);
    cache.insert("d", block_of(100));
    EXPECT_EQ(cache.find("b"), nullptr);
    for (const char *key : {"a", "c", "d"})
    {
        EXPECT_NE(cache.find(key), nullptr) << key;
    }
    EXPECT_EQ(cache.bytes(), 300u);
}

TEST(TileCache, ReplacesTheBlockOfAKey)
{
    TileCache cache(300);
    const auto newer = block_of(50);
    cache.insert("a", block_of(100));
    cache.insert("a", newer);
    EXPECT_EQ(cache.find("a"), newer);
    EXPECT_EQ(cache.bytes(), 50u);
}

TEST(TileCache, KeepsNothingLargerThanItself)
{
    TileCache cache(100);
    cache.insert("a", block_of(101));
    EXPECT_EQ(cache.find("a"), nullptr);
    EXPECT_EQ(cache.bytes(), 0u);
}

TEST(TileCache, ABlockInUseOutlivesItsEntry)
{
    TileCache cache(100);
    cache.insert("a", block_of(100));
    const auto held = cache.find("a");
    cache.insert("b", block_of(100));
    EXPECT_EQ(cache.find("a"), nullptr);
    EXPECT_EQ(held->pixels.width(), 100);
}

TEST(TileCache, ServesManyThreadsWithinItsBound)
{
    TileCache cache(1000);
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int t = 0; t < 4; ++t)
    {
        threads.emplace_back(
            [&cache, t]
            {
                for (int i = 0; i < 5000; ++i)
                {
                    const std::string key = std::to_string((i * (t + 1)) % 37);
                    if (!cache.find(key))
                    {
                        cache.insert(key, block_of(60));
                    }
                }
            });
    }
    for (std::thread &thread : threads)
    {
        thread.join();
    }
    EXPECT_LE(cache.bytes(), 1000u);
    EXPECT_EQ(cache.bytes() % 60, 0u);
}

} // namespace tiledir::raster
