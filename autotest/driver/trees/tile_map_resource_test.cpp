#include "driver/trees/tile_map_resource.h"

#include "autotest/driver/scratch_folder.h"
#include "stac/grid/href_template.h"

namespace tiledir::driver
{

namespace
{

struct TileMapSpec
{
    std::string profile = "raster";
    std::string box = R"(minx="100" miny="50" maxx="700" maxy="1050")";
    std::string size = R"(width="256" height="256")";
    std::string sets = R"(<TileSet href="0" units-per-pixel="4" order="0"/><TileSet href="1" units-per-pixel="2"/>)";
};

/// As gdal2tiles 3.6 writes it: Tile Map Service Specification 1.0.0, "TileMap Resource".
std::string tile_map_text(const TileMapSpec &spec)
{
    return R"(<?xml version="1.0" encoding="utf-8"?>
<TileMap version="1.0.0" tilemapservice="http://tms.osgeo.org/1.0.0"><Title>t</Title><Abstract></Abstract>
<SRS>EPSG:32632</SRS><BoundingBox )" +
           spec.box + R"(/><Origin x="100" y="50"/><TileFormat )" + spec.size +
           R"( mime-type="image/png" extension="png"/><TileSets profile=")" + spec.profile + "\">" + spec.sets +
           "</TileSets></TileMap>";
}

std::string tile_map_fault(const TileMapSpec &spec)
{
    try
    {
        TileMapResource::from_text(tile_map_text(spec));
    }
    catch (const InputError &error)
    {
        return error.what();
    }
    return "none";
}

using TileMapResourceTest = ScratchFolderTest;

} // namespace

/// 600 x 1000 units from (100, 50): at 2 units a pixel 2 x 2 tiles, counted from below.
TEST_F(TileMapResourceTest, LevelsOfARasterBeginAtItsLowerLeftCorner)
{
    write("0/0/0.png", "");
    write("1/0/0.png", "");
    write("1/1/1.png", "");
    const auto item = TileMapResource::from_text(tile_map_text({})).item(folder());
    EXPECT_EQ(item.tile_matrix_set.crs, "EPSG:32632");
    ASSERT_EQ(item.tile_matrix_set.matrices.size(), 2U);
    EXPECT_EQ(item.tile_matrix_set.matrices[0].matrix_width, 1);
    EXPECT_EQ(item.tile_matrix_set.matrices[0].matrix_height, 1);
    const stac::TileMatrix &fine = item.tile_matrix_set.matrices[1];
    EXPECT_EQ(fine.matrix_width, 2);
    EXPECT_EQ(fine.matrix_height, 2);
    EXPECT_EQ(item.limits.at("1"), (stac::TileRange{0, 1, 0, 1}));
    EXPECT_EQ(fine.tile_bounds(1, 1), (stac::Bounds{612, 562, 1124, 1074}));
    EXPECT_EQ(stac::HrefTemplate(item.assets.at(0).href).expand(fine, 1, 0), "./1/0/1.png");
}

TEST_F(TileMapResourceTest, MercatorTilesAreCountedFromTheSouth)
{
    write("2/3/0.png", "");
    const auto item = TileMapResource::from_text(tile_map_text({"mercator"})).item(folder());
    EXPECT_EQ(item.tile_matrix_set.id, "WebMercatorQuad");
    EXPECT_EQ(item.limits.at("2"), (stac::TileRange{3, 3, 3, 3}));
}

TEST_F(TileMapResourceTest, TilesOf512PixelsAreOfAGridOfSuchTiles)
{
    TileMapSpec spec{"global-mercator"};
    spec.size = R"(width="512" height="512")";
    write("2/3/0.png", "");
    const auto item = TileMapResource::from_text(tile_map_text(spec)).item(folder());
    EXPECT_EQ(item.tile_matrix_set.matrices.at(0).tile_width, 512);
    EXPECT_EQ(item.tile_matrix_set.matrices.at(0).matrix_width, 4);
}

/// 10 x 10 degrees at 0, 0: at level 3 in column 8 of 16 (22.5 degrees each), or in column 4 of 8 (45 degrees each).
TEST_F(TileMapResourceTest, StoredColumnsTellWhichGeodeticGridItIs)
{
    TileMapSpec spec{"geodetic"};
    spec.box = R"(minx="0" miny="0" maxx="10" maxy="10")";
    const auto resource = TileMapResource::from_text(tile_map_text(spec));
    const auto place = [&]
    {
        const auto item = resource.item(folder());
        const stac::TileRange range = item.limits.at("3");
        return item.tile_matrix_set.matrices.at(0).tile_bounds(range.min_row, range.min_col);
    };
    write("3/8/4.png", "");
    EXPECT_EQ(place(), (stac::Bounds{0, 0, 22.5, 22.5}));
    boost::filesystem::remove_all(path("3"));
    write("3/4/2.png", "");
    EXPECT_EQ(place(), (stac::Bounds{0, 0, 45, 45}));
}

TEST_F(TileMapResourceTest, ALevelOfWhichNothingIsToldIsRefused)
{
    write("2/0/0.png", "");
    EXPECT_EQ(failure_of([this] { TileMapResource::from_text(tile_map_text({})).item(folder()); }),
              "input: " + folder() + "/2: raster has no such level, it has 0 to 1");
}

TEST_F(TileMapResourceTest, LevelsWithoutASizeOfPixelsAreRefused)
{
    TileMapSpec spec;
    spec.sets = R"(<TileSet href="0" units-per-pixel="0"/>)";
    write("0/0/0.png", "");
    EXPECT_EQ(failure_of([&] { TileMapResource::from_text(tile_map_text(spec)).item(folder()); }),
              "input: TileSet 0: units-per-pixel should be a positive number");
}

TEST(TileMapResource, WhatIsWrongIsToldByItsElement)
{
    TileMapSpec flat;
    flat.size = R"(width="256" height="128")";
    EXPECT_EQ(tile_map_fault(flat), "TileFormat: width and height should be one whole number from 1 to 65536");
    TileMapSpec open;
    open.box = R"(minx="100" miny="50" maxx="700")";
    EXPECT_EQ(tile_map_fault(open), "BoundingBox.maxy: missing");
    TileMapSpec endless;
    endless.box = R"(minx="100" miny="50" maxx="inf" maxy="1")";
    EXPECT_EQ(tile_map_fault(endless), "BoundingBox.maxx: is no number");
    TileMapSpec empty;
    empty.sets.clear();
    EXPECT_EQ(tile_map_fault(empty), "TileSets, TileFormat: should have 1 to 100 levels and an extension");
    EXPECT_THROW(TileMapResource::from_text("<Tile"), InputError);
}

} // namespace tiledir::driver
