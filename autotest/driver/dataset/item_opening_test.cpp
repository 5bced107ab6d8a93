#include "driver/dataset/item_opening.h"

#include "autotest/driver/raster/small_item.h"
#include "autotest/driver/scratch_folder.h"

namespace tiledir::driver
{

namespace
{

class ItemOpeningTest : public ScratchFolderTest
{
protected:
    OpenedItem opened(const std::string &name, const OpenOptions &options = {}) const
    {
        return open_item(path(name).c_str(), options);
    }
    void write_item(const nlohmann::ordered_json &json) const { write("map/stac.json", json.dump(2)); }
    static nlohmann::ordered_json item() { return raster::small_item(raster::pyramid_on_earth()).to_json(); }
};

} // namespace

TEST_F(ItemOpeningTest, AnItemComesWithItsJsonAndItsLimits)
{
    write_item(item());
    const OpenedItem found = opened("map");
    EXPECT_EQ(found.item.id, "small");
    EXPECT_EQ(found.json["id"], "small");
    EXPECT_EQ(found.stored.limits.at("3"), (stac::TileRange{0, 0, 0, 0}));
    EXPECT_TRUE(found.stored.listed.empty());
    EXPECT_EQ(found.location.path(), path("map/stac.json"));
}

TEST_F(ItemOpeningTest, ATreeWithoutADocumentHasNoJson)
{
    write_png("bare/3/5/2.png");
    OpenOptions options;
    options.scheme = "XYZ";
    const OpenedItem found = opened("bare", options);
    EXPECT_TRUE(found.json.is_null());
    EXPECT_EQ(found.item.limits.at("3"), (stac::TileRange{2, 2, 5, 5}));
}

TEST_F(ItemOpeningTest, AnotherDocumentIsMadeAnItem)
{
    write("map/metadata.json",
          R"({"driver": {"format": "PNG"}, "pyramid": {"grid": "mercator", "metatiling": 1, "tile_size": 256}})");
    write("map/3/5/2.png", "");
    const OpenedItem found = opened("map");
    EXPECT_TRUE(found.json.is_null());
    EXPECT_EQ(found.stored.limits.at("3"), (stac::TileRange{5, 5, 2, 2}));
}

/// SCHEME or GRID: the user knows better than the item.
TEST_F(ItemOpeningTest, WhoNamesASchemeOpensTheFolderAsATree)
{
    write_item(item());
    write_png("map/3/5/2.png");
    OpenOptions options;
    options.scheme = "TMS";
    EXPECT_TRUE(opened("map", options).json.is_null());
    EXPECT_EQ(opened("map", options).item.limits.at("3"), (stac::TileRange{5, 5, 5, 5}));
}

TEST_F(ItemOpeningTest, AFolderInWhichADatasetIsMadeIsNotWhole)
{
    write("map/.tiledir/intents/a.json", "{}");
    write("map/0/0/0.tif", "");
    EXPECT_EQ(failure_of([this] { opened("map"); }),
              "input: " + path("map") +
                  ": is not whole: a dataset is made there, or was when its writer died; make "
                  "it again");
}

TEST_F(ItemOpeningTest, AGridMayLieInADocumentThatIsLinked)
{
    auto json = item();
    nlohmann::ordered_json &properties = json["properties"];
    const nlohmann::ordered_json sets = properties["tiles:tile_matrix_sets"];
    properties.erase("tiles:tile_matrix_sets");
    properties["tiles:tile_matrix_links"]["Small"]["url"] = "./grid.json";
    properties["tiles:tile_matrix_links"]["Small"].erase("tiledir:tile_matrix_set");
    write_item(json);
    EXPECT_EQ(failure_of([this] { opened("map"); }).rfind("input: " + path("map/stac.json") + ": ", 0), 0U);
    EXPECT_NE(failure_of([this] { opened("map"); }).find("no such file"), std::string::npos);
    write("map/grid.json", sets["Small"].dump());
    EXPECT_EQ(opened("map").item.tile_matrix_set.matrices.size(), 4U);
}

TEST_F(ItemOpeningTest, OptionsChooseDimensionsBesideTheName)
{
    write_item(item());
    OpenOptions options;
    options.dimensions = {{"time", "2"}};
    const OpenedItem found = open_item(("TILEDIR:" + path("map") + ":time=1:depth=3").c_str(), options);
    EXPECT_EQ(found.location.dimensions, (DimensionValues{{"depth", "3"}, {"time", "2"}}));
}

TEST_F(ItemOpeningTest, WithoutAGridTemplatesNameWholeRasters)
{
    auto json = item();
    json["properties"].erase("tiles:tile_matrix_sets");
    json["properties"].erase("tiles:tile_matrix_links");
    json["asset_templates"]["tiles"]["href"] = "{cube:dimensions:time}.tif";
    write_item(json);
    EXPECT_TRUE(opened("map").item.tile_matrix_set.matrices.empty());
    json["asset_templates"]["tiles"]["href"] = "{z}/{x}/{y}.tif";
    write_item(json);
    EXPECT_NE(failure_of([this] { opened("map"); }), "none") << "numbers of tiles need a grid";
}

TEST_F(ItemOpeningTest, WhatIsWrongIsToldWithTheItemsPath)
{
    write("map/stac.json", R"({"type": "Feature", "stac_extensions": ["tiled-assets"], )");
    EXPECT_EQ(failure_of([this] { opened("map"); }).rfind("input: " + path("map/stac.json") + ": not JSON: ", 0), 0U)
        << failure_of([this] { opened("map"); });
    auto json = item();
    json["properties"]["tiles:tile_matrix_links"]["Small"]["limits"]["3"]["min_tile_col"] = "west";
    write_item(json);
    const std::string failure = failure_of([this] { opened("map"); });
    EXPECT_EQ(failure.rfind("input: " + path("map/stac.json") + ": ", 0), 0U) << failure;
    EXPECT_NE(failure.find("min_tile_col"), std::string::npos) << failure;
}

} // namespace tiledir::driver
