#include "tools/engine/making/kept_tiles.h"

#include <gtest/gtest.h>

using namespace tiledir;
using engine::KeptTiles;

namespace
{

constexpr std::size_t kRoomForTwo = 2600;

stac::TileId tile(std::int64_t col)
{
    return {5, 0, col};
}

KeptTiles::Bytes bytes(char value)
{
    return std::make_shared<const store::Bytes>(1000, value);
}

} // namespace

TEST(KeptTiles, GivesBackWhatWasKeptAndEmptyOnesAsEmpty)
{
    KeptTiles kept(kRoomForTwo);
    kept.keep(tile(1), bytes('a'));
    kept.keep(tile(2), nullptr);
    EXPECT_EQ(**kept.find(tile(1)), *bytes('a'));
    EXPECT_EQ(*kept.find(tile(2)), nullptr);
    EXPECT_FALSE(kept.find(tile(3)));
}

TEST(KeptTiles, DropsTheOldestOnceTheyAreWrittenAndNoneBefore)
{
    KeptTiles kept(kRoomForTwo);
    for (int col = 0; col < 4; ++col)
    {
        kept.keep(tile(col), bytes('a'));
    }
    for (int col : {2, 1, 3, 3})
    {
        kept.written(tile(col));
    }
    EXPECT_FALSE(kept.find(tile(2)));
    EXPECT_TRUE(kept.find(tile(1)) && kept.find(tile(3)));
    EXPECT_TRUE(kept.find(tile(0))) << "nobody could read it elsewhere";
}

TEST(KeptTiles, OneThatCouldNotBeWrittenIsNotThere)
{
    KeptTiles kept(kRoomForTwo);
    kept.keep(tile(1), bytes('a'));
    kept.drop(tile(1));
    kept.written(tile(1));
    EXPECT_FALSE(kept.find(tile(1)));
}

TEST(KeptTiles, KeepsNothingOfAnOutputOnADisk)
{
    KeptTiles kept(engine::most_kept_bytes("/data/out"));
    kept.keep(tile(1), bytes('a'));
    EXPECT_FALSE(kept.find(tile(1)));
    EXPECT_GT(engine::most_kept_bytes("/vsis3/bucket/out"), 0U);
}
