#include "stac/grid/tile_matrix.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace tiledir::stac
{

namespace
{

/// 4 x 3 tiles of 10 x 5 pixels of 2 units; upper left corner (100, 50).
TileMatrix small_matrix(bool bottom_left = false)
{
    TileMatrix matrix;
    matrix.id = "0";
    matrix.cell_size = 2;
    matrix.origin_x = 100;
    matrix.origin_is_bottom_left = bottom_left;
    matrix.origin_y = bottom_left ? 20 : 50;
    matrix.tile_width = 10;
    matrix.tile_height = 5;
    matrix.matrix_width = 4;
    matrix.matrix_height = 3;
    return matrix;
}

} // namespace

TEST(TileMatrix, RowsGrowSouthFromATopLeftOrigin)
{
    const TileMatrix matrix = small_matrix();
    EXPECT_EQ(matrix.top(), 50);
    EXPECT_EQ(matrix.tile_window(2, 1), (PixelWindow{10, 10, 10, 5}));
    EXPECT_EQ(matrix.tile_bounds(0, 0), (Bounds{100, 40, 120, 50}));
    EXPECT_EQ(matrix.tile_bounds(2, 3), (Bounds{160, 20, 180, 30}));
}

TEST(TileMatrix, RowsGrowNorthFromABottomLeftOrigin)
{
    const TileMatrix matrix = small_matrix(true);
    EXPECT_EQ(matrix.top(), 50);
    EXPECT_EQ(matrix.tile_window(0, 0), (PixelWindow{0, 10, 10, 5}));
    EXPECT_EQ(matrix.tile_bounds(0, 0), (Bounds{100, 20, 120, 30}));
    EXPECT_EQ(matrix.tile_bounds(2, 3), (Bounds{160, 40, 180, 50}));
    EXPECT_EQ(matrix.range_window({0, 1, 0, 0}), (PixelWindow{0, 5, 10, 10}));
}

TEST(TileMatrix, TilesOutsideOfItHaveBoundsToo)
{
    EXPECT_EQ(small_matrix().tile_bounds(-1, -1), (Bounds{80, 50, 100, 60}));
    EXPECT_EQ(small_matrix(true).tile_bounds(-1, 4), (Bounds{180, 10, 200, 20}));
}

TEST(TileMatrix, WindowsBeyondItTouchTilesBeyondIt)
{
    EXPECT_EQ(small_matrix().tiles_of({-1, -5, 12, 6}), (TileRange{-1, 0, -1, 1}));
    EXPECT_TRUE(small_matrix().tiles_of({0, 0, 0, 5}).empty());
}

TEST(TileMatrix, TilesOfARangesWindowAreTheRange)
{
    std::mt19937 random(7);
    std::uniform_int_distribution<std::int64_t> any(-1000, 1000);
    std::uniform_int_distribution<std::int64_t> some(0, 50);
    for (int i = 0; i < 1000; ++i)
    {
        const std::int64_t row = any(random);
        const std::int64_t col = any(random);
        const TileRange range{row, row + some(random), col, col + some(random)};
        for (const bool bottom_left : {false, true})
        {
            const TileMatrix matrix = small_matrix(bottom_left);
            EXPECT_EQ(matrix.tiles_of(matrix.range_window(range)), range);
        }
    }
}

TEST(TileMatrix, CoversTheTilesThatBoundsOverlap)
{
    EXPECT_EQ(small_matrix().tiles_covering({119, 29, 121, 31}), (TileRange{1, 2, 0, 1}));
    EXPECT_EQ(small_matrix(true).tiles_covering({119, 29, 121, 31}), (TileRange{0, 1, 0, 1}));
    EXPECT_EQ(small_matrix().pixels_covering({119, 29, 121, 31}), (PixelWindow{9, 9, 2, 2}));
}

TEST(TileMatrix, ATilesOwnBoundsCoverItAlone)
{
    const TileMatrix matrix = small_matrix();
    for (std::int64_t row = 0; row < 3; ++row)
    {
        for (std::int64_t col = 0; col < 4; ++col)
        {
            EXPECT_EQ(matrix.tiles_covering(matrix.tile_bounds(row, col)), (TileRange{row, row, col, col}));
        }
    }
}

TEST(TileMatrix, BoundsThatReachInByLessThanAHundredthOfAPixelDoNotCount)
{
    const TileMatrix matrix = small_matrix();
    EXPECT_EQ(matrix.tiles_covering({100, 40, 120.019, 50}), (TileRange{0, 0, 0, 0}));
    EXPECT_EQ(matrix.tiles_covering({100, 40, 120.021, 50}), (TileRange{0, 0, 0, 1}));
}

TEST(TileMatrix, CoveringIsClippedToTheMatrix)
{
    const double infinity = std::numeric_limits<double>::infinity();
    const TileMatrix matrix = small_matrix();
    EXPECT_EQ(matrix.tiles_covering({-infinity, -infinity, infinity, infinity}), matrix.range());
    EXPECT_TRUE(matrix.tiles_covering({-500, 0, 99, 100}).empty());
    EXPECT_TRUE(matrix.tiles_covering({}).empty());
}

TEST(TileMatrix, EdgesOfNeighboursAreTheSameNumber)
{
    TileMatrix matrix = small_matrix();
    matrix.cell_size = 0.1;
    matrix.matrix_width = 1'000'000;
    for (std::int64_t col = 999'000; col < 1'000'000; ++col)
    {
        EXPECT_EQ(matrix.tile_bounds(0, col).max_x, matrix.tile_bounds(0, col + 1).min_x);
    }
}

} // namespace tiledir::stac
