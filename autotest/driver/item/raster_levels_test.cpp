#include "driver/item/raster_levels.h"

#include "stac/error.h"
#include "stac/item/item_extent.h"

#include <gtest/gtest.h>

namespace tiledir::driver
{

namespace
{

/// `levels` matrices, the finest of `tiles` x `tiles`, each coarser one with pixels of twice the size.
stac::TiledAssetsItem quad_item(int levels, std::int64_t tiles, int tile_size)
{
    stac::TiledAssetsItem item;
    item.tile_matrix_set.id = "Quad";
    for (int level = 0; level < levels; ++level)
    {
        stac::TileMatrix matrix;
        const std::int64_t divisor = std::int64_t{1} << (levels - 1 - level);
        matrix.id = std::to_string(level);
        matrix.cell_size = static_cast<double>(divisor);
        matrix.tile_width = matrix.tile_height = tile_size;
        matrix.matrix_width = matrix.matrix_height = stac::divided_up(tiles, divisor);
        item.tile_matrix_set.matrices.push_back(matrix);
    }
    return item;
}

/// MATRIX/RATIO COL,ROW WIDTHxHEIGHT of each.
std::vector<std::string> levels_of(const stac::TiledAssetsItem &item, const OpenOptions &options = {})
{
    std::vector<std::string> texts;
    for (const RasterLevel &level : raster_levels(item, options))
    {
        const stac::PixelWindow &window = level.window;
        texts.push_back(std::to_string(level.matrix) + "/" + std::to_string(level.ratio) + " " +
                        std::to_string(window.col) + "," + std::to_string(window.row) + " " +
                        std::to_string(window.width) + "x" + std::to_string(window.height));
    }
    return texts;
}

std::string level_fault(const stac::TiledAssetsItem &item, const OpenOptions &options = {})
{
    try
    {
        raster_levels(item, options);
    }
    catch (const InputError &error)
    {
        return error.what();
    }
    return "none";
}

using Levels = std::vector<std::string>;

} // namespace

TEST(RasterLevels, TheFinestWithTilesIsTheBaseAndCoarserOnesItsOverviews)
{
    auto item = quad_item(4, 8, 256);
    item.limits = {{"2", {1, 2, 2, 3}}, {"1", {0, 1, 1, 1}}, {"0", {0, 0, 0, 0}}};
    EXPECT_EQ(levels_of(item), (Levels{"2/1 512,256 512x512", "1/2 256,128 256x256", "0/4 128,64 128x128"}));
    item.limits.erase("1");
    EXPECT_EQ(levels_of(item), (Levels{"2/1 512,256 512x512", "0/4 128,64 128x128"}));
}

TEST(RasterLevels, WithoutLimitsAllOfTheGridIsThere)
{
    EXPECT_EQ(levels_of(quad_item(3, 4, 256)), (Levels{"2/1 0,0 1024x1024", "1/2 0,0 512x512", "0/4 0,0 256x256"}));
}

/// Tiles of 100 pixels, the eighth of which lies between pixels: 100 to 10100 grows to 0 to 10200 (4 % more) where an
/// overview of 1:8 is wanted, 100 to 4100 would grow by 10 %.
TEST(RasterLevels, TheExtentGrowsForAnOverviewByASixteenthAtMost)
{
    auto item = quad_item(4, 128, 100);
    item.limits = {{"3", {1, 100, 1, 100}}, {"0", {0, 15, 0, 15}}};
    EXPECT_EQ(levels_of(item), (Levels{"3/1 0,0 10200x10200", "0/8 0,0 1275x1275"}));
    item.limits["3"] = {1, 40, 1, 40};
    EXPECT_EQ(levels_of(item), (Levels{"3/1 100,100 4000x4000"}));
}

TEST(RasterLevels, PixelsThatDoNotNestMakeNoOverview)
{
    auto item = quad_item(3, 4, 256);
    item.tile_matrix_set.matrices[1].cell_size = 3;
    EXPECT_EQ(levels_of(item), (Levels{"2/1 0,0 1024x1024", "0/4 0,0 256x256"}));
    item.tile_matrix_set.matrices[0].origin_x = -1;
    EXPECT_EQ(levels_of(item), (Levels{"2/1 0,0 1024x1024"})) << "a quarter of a pixel apart";
}

/// The coarser one begins 4 of the finer's pixels further west, and 8 further north.
TEST(RasterLevels, MatricesMayBeginAtDifferentCorners)
{
    auto item = quad_item(2, 4, 256);
    item.tile_matrix_set.matrices[0].origin_x = -4;
    item.tile_matrix_set.matrices[0].origin_y = 8;
    EXPECT_EQ(levels_of(item), (Levels{"1/1 0,0 1024x1024", "0/2 2,4 512x512"}));
}

TEST(RasterLevels, TheItemsOwnExtentIsTakenToThePixel)
{
    auto item = quad_item(3, 4, 256);
    item.limits = {{"2", {0, 0, 0, 0}}, {"1", {0, 0, 0, 0}}, {"0", {0, 0, 0, 0}}};
    set_item_extent(item, item.tile_matrix_set.matrices[2], {0, 0, 201, 100});
    EXPECT_EQ(levels_of(item), (Levels{"2/1 0,0 201x100", "1/2 0,0 101x50", "0/4 0,0 51x25"}));
    set_item_extent(item, item.tile_matrix_set.matrices[2], {3, 0, 100, 100});
    EXPECT_EQ(levels_of(item), (Levels{"2/1 3,0 100x100"})) << "it begins within a pixel of the others";
    set_item_extent(item, item.tile_matrix_set.matrices[2], {0, 0, 300, 100});
    EXPECT_EQ(levels_of(item).front(), "2/1 0,0 256x256") << "beyond the limits: these are believed";
}

TEST(RasterLevels, OptionLevelOpensOneMatrixAlone)
{
    auto item = quad_item(3, 4, 256);
    item.limits = {{"2", {0, 3, 0, 3}}, {"1", {1, 1, 0, 1}}};
    OpenOptions options;
    options.level = "1";
    EXPECT_EQ(levels_of(item, options), (Levels{"1/1 0,256 512x256"}));
    options.whole_matrix = true;
    EXPECT_EQ(levels_of(item, options), (Levels{"1/1 0,0 512x512"}));
    options = {};
    options.level = "0";
    EXPECT_EQ(level_fault(item, options), "open option LEVEL: tile matrix 0 has no tiles");
    options.level = "17";
    EXPECT_EQ(level_fault(item, options), "open option LEVEL: Quad has no tile matrix '17', it has 0 to 2");
}

/// The grid's upper left corner is (0, 0), its cells are of one unit: y is downwards below 0.
TEST(RasterLevels, OptionExtentGrowsToWholeTiles)
{
    auto item = quad_item(3, 4, 256);
    item.limits = {{"2", {0, 0, 0, 0}}, {"1", {0, 0, 0, 0}}, {"0", {0, 0, 0, 0}}};
    OpenOptions options;
    options.bounds = stac::Bounds{300, -600, 500, -300};
    EXPECT_EQ(levels_of(item, options).front(), "2/1 256,256 256x512");
    options.bounds = stac::Bounds{-500, -600, -1, -300};
    EXPECT_EQ(level_fault(item, options), "open option EXTENT: lies beyond tile matrix 2");
}

TEST(RasterLevels, MorePixelsThanGdalCountsAreRefused)
{
    stac::TiledAssetsItem item;
    item.tile_matrix_set = stac::TileMatrixSet::well_known("WebMercatorQuad").value();
    EXPECT_EQ(level_fault(item),
              "tile matrix 24: 4294967296 x 4294967296 pixels, GDAL takes at most 2147483647 a side: "
              "give its limits in tiles:tile_matrix_links, or open option EXTENT");
    item.limits["24"] = {100, 101, 200, 200};
    EXPECT_EQ(levels_of(item).front(), "24/1 51200,25600 256x512");
}

TEST(RasterLevels, LimitsWithoutTilesAreRefused)
{
    auto item = quad_item(3, 4, 256);
    item.limits = {{"2", {}}, {"1", {7, 9, 7, 9}}};
    EXPECT_EQ(level_fault(item), "tiles:tile_matrix_links: no tile matrix of Quad has tiles");
}

} // namespace tiledir::driver
