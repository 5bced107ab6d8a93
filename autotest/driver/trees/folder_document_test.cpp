#include "driver/trees/folder_document.h"

#include "autotest/driver/scratch_folder.h"

namespace tiledir::driver
{

namespace
{

using FolderDocumentTest = ScratchFolderTest;

constexpr const char *kMapcheteText =
    R"({"driver": {"format": "GTiff"}, "pyramid": {"grid": "geodetic", "metatiling": 1, "tile_size": 256}})";
constexpr const char *kTileMapText = R"(<TileMap version="1.0.0" tilemapservice="http://tms.osgeo.org/1.0.0">
<SRS>EPSG:3857</SRS><BoundingBox minx="0" miny="0" maxx="1" maxy="1"/><Origin x="0" y="0"/>
<TileFormat width="256" height="256" mime-type="image/png" extension="png"/>
<TileSets profile="mercator"><TileSet href="0" units-per-pixel="156543.03" order="0"/></TileSets></TileMap>)";
constexpr const char *kItemText =
    R"({"type": "Feature", "stac_extensions": ["https://stac-extensions.github.io/tiled-assets/v1.0.0/schema.json"]})";

} // namespace

TEST_F(FolderDocumentTest, TheFirstOfTheKnownNamesDescribesAFolder)
{
    EXPECT_EQ(document_of_folder(folder()), "");
    write("tilemapresource.xml", kTileMapText);
    EXPECT_EQ(document_of_folder(folder()), "tilemapresource.xml");
    write("metadata.json", kMapcheteText);
    EXPECT_EQ(document_of_folder(folder()), "metadata.json");
    write("stacta.json", kItemText);
    EXPECT_EQ(document_of_folder(folder()), "stacta.json");
    write("stac.json", "whatever is in it");
    EXPECT_EQ(document_of_folder(folder()), "stac.json");
}

TEST_F(FolderDocumentTest, NamesThatOthersUseCountByTheirContent)
{
    write("stacta.json", R"({"type": "Feature"})");
    write("metadata.json", R"({"name": "Sentinel 2", "pyramid": 1})");
    write("tilemapresource.xml", "<html></html>");
    EXPECT_EQ(document_of_folder(folder()), "");
}

TEST_F(FolderDocumentTest, WhatDescribesATreeIsToldByItsText)
{
    EXPECT_TRUE(describes_tree(kMapcheteText));
    EXPECT_TRUE(describes_tree(kTileMapText));
    EXPECT_FALSE(describes_tree(kItemText));
    EXPECT_FALSE(describes_tree("{\"pyramid\""));
}

TEST_F(FolderDocumentTest, WhatIsWrongWithADocumentIsToldWithItsPath)
{
    const std::string file = path("tilemapresource.xml");
    std::string text = kTileMapText;
    text.replace(text.find("minx=\"0\""), 8, "minx=\"?\"");
    EXPECT_EQ(failure_of([&] { item_of_document(file, text); }), "input: " + file + ": BoundingBox.minx: is no number");
}

TEST_F(FolderDocumentTest, AnItemIsMadeOfTheTilesBesideTheDocument)
{
    write_png("1/1/0.png");
    const stac::TiledAssetsItem item = item_of_document(path("tilemapresource.xml"), kTileMapText);
    EXPECT_EQ(item.tile_matrix_set.id, "WebMercatorQuad");
    EXPECT_EQ(item.limits.at("1"), (stac::TileRange{1, 1, 1, 1})); // TMS: row 0 is the southernmost
}

} // namespace tiledir::driver
