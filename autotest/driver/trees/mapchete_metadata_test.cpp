#include "driver/trees/mapchete_metadata.h"

#include "autotest/driver/scratch_folder.h"

namespace tiledir::driver
{

namespace
{

/// mapchete's metadata.json, as its release 2024.2 writes it, of that grid.
std::string mapchete_text(const std::string &grid, const std::string &more = "", const std::string &format = "GTiff")
{
    return R"({"driver": {"bands": 1, "dtype": "uint8", "format": ")" + format + R"(", "mode": "w"}, "pyramid": {)" +
           more + R"("grid": )" + grid + R"(, "metatiling": 4, "tile_size": 256}})";
}

/// What is wrong with such a text; "none".
std::string mapchete_fault(const std::string &text)
{
    try
    {
        MapcheteMetadata::from_text(text);
    }
    catch (const InputError &error)
    {
        return error.what();
    }
    return "none";
}

class MapcheteMetadataTest : public ScratchFolderTest
{
protected:
    /// Tiles that are opened tell whether they have data; the others are only listed.
    void write_tile(const std::string &name, bool has_data) const
    {
        raster::fixtures::RasterSpec spec;
        spec.nodata = 0;
        spec.value = [has_data](int, int, int) { return has_data ? 1 : 0; };
        write_tiff(name, spec);
    }
};

} // namespace

TEST_F(MapcheteMetadataTest, GeodeticTilesAreRowsAndThenColumnsOfMetatiles)
{
    write("3/1/2.tif", "");
    const auto item = MapcheteMetadata::from_text(mapchete_text("\"geodetic\"")).item(folder());
    EXPECT_EQ(item.assets.at(0).href, "./{z}/{y}/{x}.tif");
    ASSERT_EQ(item.tile_matrix_set.matrices.size(), 1U);
    const stac::TileMatrix &matrix = item.tile_matrix_set.matrices[0];
    EXPECT_EQ(matrix.tile_width, 1024);
    EXPECT_EQ(matrix.matrix_width, 4); // 16 x 8 tiles of 22.5 degrees
    EXPECT_EQ(matrix.matrix_height, 2);
    EXPECT_EQ(item.limits.at("3"), (stac::TileRange{1, 1, 2, 2}));
    EXPECT_EQ(matrix.tile_bounds(1, 2), (stac::Bounds{0, -90, 90, 0}));
}

/// 400 x 200 units in one row of two tiles at level 0.
TEST_F(MapcheteMetadataTest, AGridOfItsOwnIsMadeOfBoundsAndShape)
{
    const std::string grid = R"({"type": "custom", "shape": [1, 2], "bounds": [0, 0, 400, 200], "is_global": false,)"
                             R"( "srs": {"epsg": 32632}})";
    const std::string text = R"({"driver": {"format": "PNG"}, "pyramid": {"grid": )" + grid +
                             R"(, "metatiling": 1, "tile_size": 256, "pixelbuffer": 3}})";
    write("1/0/1.png", "");
    const auto item = MapcheteMetadata::from_text(text).item(folder());
    EXPECT_EQ(item.tile_matrix_set.crs, "EPSG:32632");
    const stac::TileMatrix &matrix = item.tile_matrix_set.matrices.at(0);
    EXPECT_EQ(matrix.matrix_width, 4);
    EXPECT_EQ(matrix.matrix_height, 2);
    EXPECT_EQ(matrix.tile_bounds(0, 1), (stac::Bounds{100, 100, 200, 200}));
    const stac::PixelBuffer &buffer = item.pixel_buffers.at("1");
    EXPECT_EQ(buffer.left, 3);
    EXPECT_EQ(buffer.bottom, 3);
    EXPECT_TRUE(buffer.border_top) << "what is not global goes on beyond its upper edge";
}

TEST_F(MapcheteMetadataTest, TilesOfTheGlobeHaveNoBufferBeyondThePoles)
{
    write("4/0/1.tif", "");
    const auto item =
        MapcheteMetadata::from_text(mapchete_text("\"geodetic\"", "\"pixelbuffer\": 10, ")).item(folder());
    EXPECT_EQ(item.pixel_buffers.at("4").top, 10);
    EXPECT_FALSE(item.pixel_buffers.at("4").border_top);
    EXPECT_FALSE(item.pixel_buffers.at("4").border_bottom);
}

TEST_F(MapcheteMetadataTest, TheTileThatShowsOthersTheFormatIsLeftOutOfTheExtent)
{
    write_tile("6/0/0.tif", false);
    write_tile("6/5/9.tif", true);
    write_tile("6/6/10.tif", true);
    const auto metadata = MapcheteMetadata::from_text(mapchete_text("\"geodetic\""));
    EXPECT_EQ(metadata.item(folder()).limits.at("6"), (stac::TileRange{5, 6, 9, 10}));
    write_tile("6/0/0.tif", true);
    EXPECT_EQ(metadata.item(folder()).limits.at("6"), (stac::TileRange{0, 6, 0, 10})) << "it has data: it counts";
}

TEST_F(MapcheteMetadataTest, ATileAtTheCornerAmongOthersIsNotOpened)
{
    for (const char *name : {"6/0/0.tif", "6/1/1.tif", "6/5/9.tif"})
    {
        write(name, ""); // which is no raster
    }
    const auto metadata = MapcheteMetadata::from_text(mapchete_text("\"geodetic\""));
    EXPECT_EQ(metadata.item(folder()).limits.at("6"), (stac::TileRange{0, 5, 0, 9}));
}

TEST(MapcheteMetadata, IsToldFromOtherJsonByItsMembers)
{
    EXPECT_TRUE(MapcheteMetadata::looks_like_one(mapchete_text("\"geodetic\"")));
    EXPECT_FALSE(MapcheteMetadata::looks_like_one(mapchete_text("\"geodetic\"", "", "GeoJSON")));
    EXPECT_FALSE(MapcheteMetadata::looks_like_one(R"({"pyramid": {"grid": "geodetic", "metatiling": 1}})"));
    EXPECT_FALSE(MapcheteMetadata::looks_like_one(R"(["pyramid"])"));
    EXPECT_FALSE(MapcheteMetadata::looks_like_one(R"({"pyramid")"));
}

TEST(MapcheteMetadata, WhatIsWrongIsToldByItsMember)
{
    EXPECT_EQ(mapchete_fault(mapchete_text("\"UTM\"")),
              "pyramid.grid: is 'UTM', should be mercator, geodetic or an object");
    EXPECT_EQ(mapchete_fault(mapchete_text("\"geodetic\"", "", "GeoJSON")),
              "driver.format: is GeoJSON, should be GTiff, PNG or PNG_hillshade");
    EXPECT_EQ(mapchete_fault(mapchete_text(R"({"shape": [1, 1], "bounds": [0, 0, 400, 200], "srs": "EPSG:3035"})")),
              "pyramid.grid: has tiles that are not square: bounds and shape do not fit each other");
    EXPECT_EQ(mapchete_fault(mapchete_text(R"({"shape": [1, 1], "bounds": [0, 0, 400], "srs": "EPSG:3035"})")),
              "pyramid.grid.bounds: has 3 numbers, should have 4");
    EXPECT_EQ(mapchete_fault(mapchete_text(R"({"shape": [1, 1], "bounds": [0, 0, 0, 9], "srs": "EPSG:3035"})")),
              "pyramid.grid.bounds: is empty, should be left, bottom, right, top");
}

} // namespace tiledir::driver
