#include "driver/trees/placed_tile.h"

#include "autotest/driver/scratch_folder.h"

namespace tiledir::driver
{

namespace
{

class PlacedTileTest : public ScratchFolderTest
{
protected:
    void write_tile(const std::array<double, 6> &geotransform, const std::string &crs = "EPSG:32632") const
    {
        raster::fixtures::RasterSpec spec;
        spec.width = 8;
        spec.geotransform = geotransform;
        spec.crs = crs;
        write_tiff("3/1/2.tif", spec);
    }
    PlacedTile tile() const
    {
        const TreeListing tree = list_tree(folder());
        return placed_tile(tree, tree.levels[0], tree.levels[0].tiles[0]);
    }
};

} // namespace

TEST_F(PlacedTileTest, LiesWhereItsGeotransformSays)
{
    write_tile({500000, 10, 0, 6000000, 0, -10});
    const PlacedTile placed = tile();
    EXPECT_EQ(placed.width, 8);
    EXPECT_EQ(placed.height, 4);
    ASSERT_TRUE(placed.place);
    EXPECT_EQ(placed.place->left, 500000);
    EXPECT_EQ(placed.place->top, 6000000);
    EXPECT_EQ(placed.place->cell_size, 10);
    EXPECT_STREQ(placed.place->crs.GetAuthorityCode(nullptr), "32632");
}

TEST_F(PlacedTileTest, TurnedUpsideDownOrStretchedItTellsOfNoPlace)
{
    write_tile({500000, 10, 1, 6000000, 1, -10});
    EXPECT_FALSE(tile().place);
    write_tile({500000, 10, 0, 6000000, 0, 10});
    EXPECT_FALSE(tile().place);
    write_tile({500000, 10, 0, 6000000, 0, -20});
    EXPECT_FALSE(tile().place);
}

/// ESRI's world file names the centre of the upper left pixel.
TEST_F(PlacedTileTest, AWorldFileTellsOfAPlaceWithoutCrs)
{
    write_png("3/1/2.png", 8);
    EXPECT_FALSE(tile().place);
    write("3/1/2.wld", "10\n0\n0\n-10\n500005\n5999995\n");
    const PlacedTile placed = tile();
    ASSERT_TRUE(placed.place);
    EXPECT_EQ(placed.place->left, 500000);
    EXPECT_EQ(placed.place->top, 6000000);
    EXPECT_TRUE(placed.place->crs.IsEmpty());
}

TEST_F(PlacedTileTest, WhatIsNoRasterIsNamed)
{
    write("3/1/2.tif", "no raster");
    EXPECT_EQ(failure_of([this] { tile(); }).rfind("tile: " + path("3/1/2.tif") + ": not a raster that GDAL reads", 0),
              0U);
}

TEST_F(PlacedTileTest, HasDataWhereOnePixelIsNotNodata)
{
    const auto data_in = [this](int col_of_data)
    {
        raster::fixtures::RasterSpec spec;
        spec.nodata = 0;
        spec.value = [=](int, int col, int row) { return col == col_of_data && row == 3 ? 5 : 0; };
        write_tiff("3/1/2.tif", spec);
        const TreeListing tree = list_tree(folder());
        return has_data(tree, tree.levels[0], tree.levels[0].tiles[0]);
    };
    EXPECT_TRUE(data_in(3));
    EXPECT_FALSE(data_in(99));
}

} // namespace tiledir::driver
