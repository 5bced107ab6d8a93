#include "driver/trees/placed_grid.h"

#include "autotest/driver/scratch_folder.h"

namespace tiledir::driver
{

namespace
{

constexpr double kHalfWorld = 20037508.342789244; ///< metres: pi times the radius of EPSG:3857
constexpr double kTileAt3 = kHalfWorld / 4;       ///< of the eight of a row

class PlacedGridTest : public ScratchFolderTest
{
protected:
    void write_tile(const std::string &name, double left, double top, double cell, int size,
                    const std::string &crs) const
    {
        raster::fixtures::RasterSpec spec;
        spec.width = spec.height = size;
        spec.type = GDT_Byte;
        spec.value = [](int, int, int) { return 1; };
        spec.geotransform = {left, cell, 0, top, 0, -cell};
        spec.crs = crs;
        write_tiff(name, spec);
    }
    /// At level 3 of WebMercatorQuad, its row counted from the north.
    void write_mercator(const std::string &name, int col, int row) const
    {
        write_tile(name, -kHalfWorld + col * kTileAt3, kHalfWorld - row * kTileAt3, kTileAt3 / 256, 256, "EPSG:3857");
    }
    GridAndScheme found(const std::optional<stac::TileMatrixSet> &grid = {}) const
    {
        const TreeListing tree = list_tree(folder());
        const StoredLevel &finest = tree.levels.back();
        return grid_of_placed_tiles(tree, placed_tile(tree, finest, finest.tiles.front()), std::nullopt, grid);
    }
};

} // namespace

TEST_F(PlacedGridTest, TheNamesOfTilesTellTheirScheme)
{
    write_mercator("3/5/2.tif", 5, 2);
    EXPECT_STREQ(found().scheme.name(), "XYZ");
    EXPECT_EQ(found().grid.id, "WebMercatorQuad");
    boost::filesystem::remove_all(path("3"));
    write_mercator("3/5/5.tif", 5, 2); // the sixth from the south
    EXPECT_STREQ(found().scheme.name(), "TMS");
    boost::filesystem::remove_all(path("3"));
    write_mercator("3/2/5.tif", 5, 2);
    EXPECT_STREQ(found().scheme.name(), "ZYX");
    boost::filesystem::remove_all(path("3"));
    write_mercator("3/4/6.tif", 6, 3);
    EXPECT_STREQ(found().scheme.name(), "ZYX_TMS");
}

/// Row and column of 3/2/2 are the same, whichever comes first.
TEST_F(PlacedGridTest, WhereOneTileLeavesADoubtAnotherSettlesIt)
{
    write_mercator("3/2/2.tif", 2, 2);
    write_mercator("3/2/3.tif", 3, 2);
    EXPECT_STREQ(found().scheme.name(), "ZYX");
    boost::filesystem::remove(path("3/2/3.tif"));
    write_mercator("3/2/3.tif", 2, 3);
    EXPECT_STREQ(found().scheme.name(), "XYZ");
}

TEST_F(PlacedGridTest, LargerTilesAreMetatilesWherePixelsAreThoseOfTheLevel)
{
    const double cell = kTileAt3 / 256;
    write_tile("3/3/1.tif", kTileAt3 * 2, kTileAt3 * 2, cell, 512, "EPSG:3857");
    const stac::TileMatrixSet metatiles = found().grid;
    EXPECT_EQ(metatiles.matrices.at(3).matrix_width, 4);
    EXPECT_DOUBLE_EQ(metatiles.matrices.at(3).cell_size, cell);
    boost::filesystem::remove_all(path("3"));
    write_tile("3/5/2.tif", kTileAt3, kTileAt3 * 2, cell / 2, 512, "EPSG:3857");
    const stac::TileMatrixSet finer = found().grid;
    EXPECT_EQ(finer.matrices.at(3).matrix_width, 8);
    EXPECT_DOUBLE_EQ(finer.matrices.at(3).cell_size, cell / 2);
}

TEST_F(PlacedGridTest, OfGridsThatDifferInNameTheOneOfTheTilesCrsIsTaken)
{
    write_tile("1/3/0.tif", 90, 90, 90.0 / 256, 256, "EPSG:4326");
    EXPECT_EQ(found().grid.id, "WGS1984Quad");
    boost::filesystem::remove_all(path("1"));
    write_png("1/3/0.png");
    write("1/3/0.png.aux.xml", "<PAMDataset><SRS>OGC:CRS84</SRS><GeoTransform>90, 0.3515625, 0, 90, 0, -0.3515625"
                               "</GeoTransform></PAMDataset>");
    EXPECT_EQ(found().grid.id, "WorldCRS84Quad");
}

/// Tiles of 100 pixels of 10 m: no well-known grid has such.
TEST_F(PlacedGridTest, WhereNoKnownGridFitsOneIsMade)
{
    write_tile("4/1/2.tif", 501000, 5998000, 10, 100, "EPSG:32632");
    write_tile("4/1/3.tif", 501000, 5997000, 10, 100, "EPSG:32632");
    write_tile("3/0/1.tif", 500000, 5998000, 20, 100, "EPSG:32632");
    const GridAndScheme made = found();
    EXPECT_STREQ(made.scheme.name(), "XYZ");
    EXPECT_EQ(made.grid.crs, "EPSG:32632");
    ASSERT_EQ(made.grid.matrices.size(), 2U);
    EXPECT_EQ(made.grid.matrices[1].tile_bounds(3, 1), (stac::Bounds{501000, 5996000, 502000, 5997000}));
    EXPECT_EQ(made.grid.matrices[0].tile_bounds(1, 0), (stac::Bounds{500000, 5996000, 502000, 5998000}));
    EXPECT_EQ(made.grid.ratio(1, 0), 2);
}

TEST_F(PlacedGridTest, AMadeGridCountsItsRowsAsTheTilesDo)
{
    write_tile("4/1/2.tif", 501000, 5998000, 10, 100, "EPSG:32632");
    write_tile("4/1/3.tif", 501000, 5999000, 10, 100, "EPSG:32632");
    const GridAndScheme made = found();
    EXPECT_STREQ(made.scheme.name(), "TMS");
    EXPECT_TRUE(made.grid.matrices[0].origin_is_bottom_left);
    EXPECT_EQ(made.grid.matrices[0].tile_bounds(3, 1), (stac::Bounds{501000, 5998000, 502000, 5999000}));
}

TEST_F(PlacedGridTest, TilesOfNoGridAreRefused)
{
    write_tile("4/1/2.tif", 501000, 5998000, 10, 100, "EPSG:32632");
    write_tile("4/1/3.tif", 503000, 5998000, 10, 100, "EPSG:32632");
    EXPECT_EQ(failure_of([this] { found(); })
                      .find("lies on no grid with the others: open options SCHEME and GRID say "
                            "what the names mean") != std::string::npos,
              true)
        << failure_of([this] { found(); });
}

TEST_F(PlacedGridTest, AGridThatIsGivenHasToFit)
{
    write_mercator("3/5/1.tif", 6, 2);
    EXPECT_EQ(failure_of([this] { found(stac::TileMatrixSet::well_known("WebMercatorQuad")); }),
              "input: " + path("3/5/1.tif") +
                  ": lies elsewhere than its name says on WebMercatorQuad: open options SCHEME and GRID say what the "
                  "names mean");
}

} // namespace tiledir::driver
