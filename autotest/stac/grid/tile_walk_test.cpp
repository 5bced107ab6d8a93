#include "stac/grid/tile_walk.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace tiledir::stac
{

namespace
{

bool same(const TileSet &one, const TileSet &other)
{
    return one.contains(other) && other.contains(one);
}

} // namespace

TEST(TileWalk, VisitsEachTileRowByRowUntilItIsTold)
{
    TileSet tiles(TileRange{2, 3, 5, 6});
    tiles.insert(TileRange{2, 2, 9, 9});
    std::vector<std::pair<std::int64_t, std::int64_t>> seen;
    const auto visit = [&](std::int64_t row, std::int64_t col)
    {
        seen.emplace_back(row, col);
        return seen.size() != 7;
    };
    EXPECT_TRUE(for_each_tile(tiles, visit));
    EXPECT_EQ(seen, (std::vector<std::pair<std::int64_t, std::int64_t>>{{2, 5}, {2, 6}, {2, 9}, {3, 5}, {3, 6}}));
    EXPECT_FALSE(for_each_tile(tiles, visit)) << "the seventh said no";
    EXPECT_EQ(seen.size(), 7u);
}

TEST(TileWalk, SquaresHoldEachTileOnceAndNoneIsEmpty)
{
    TileSet tiles(TileRange{0, 9, 0, 0});
    tiles.insert(TileRange{100, 100, 63, 64});
    TileSet seen;
    std::vector<TileRange> squares;
    EXPECT_TRUE(for_each_square(tiles, 8,
                                [&](const TileSet &part, const TileRange &square)
                                {
                                    EXPECT_FALSE(part.empty());
                                    EXPECT_EQ(seen.common(part).count(), 0);
                                    EXPECT_TRUE(same(tiles.within(square), part));
                                    seen.insert(part);
                                    squares.push_back(square);
                                    return true;
                                }));
    EXPECT_TRUE(same(seen, tiles));
    EXPECT_EQ(squares, (std::vector<TileRange>{{0, 7, 0, 7}, {8, 15, 0, 7}, {96, 103, 56, 63}, {96, 103, 64, 71}}));
}

} // namespace tiledir::stac
