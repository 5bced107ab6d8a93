#include "driver/item/asset_choice.h"

#include "autotest/driver/failure_of.h"

#include <gtest/gtest.h>

namespace tiledir::driver
{

namespace
{

using Choices = std::vector<std::pair<std::string, std::string>>;

stac::TileAsset asset_of(const std::string &key, const std::vector<std::pair<std::string, std::string>> &bands)
{
    stac::TileAsset asset;
    asset.key = key;
    asset.href = key + "/{z}/{x}/{y}.tif";
    for (const auto &[name, type] : bands)
    {
        stac::ItemBand band;
        band.name = name;
        band.data_type = type;
        asset.bands.push_back(band);
    }
    return asset;
}

stac::TiledAssetsItem item_with(const std::vector<stac::TileAsset> &assets)
{
    stac::TiledAssetsItem item;
    item.title = "Map";
    item.assets = assets;
    return item;
}

/// JSON of an item on these matrix sets, as far as choices are concerned.
nlohmann::json on_sets(const std::vector<std::string> &sets)
{
    nlohmann::json json;
    for (const std::string &set : sets)
    {
        json["properties"]["tiles:tile_matrix_links"][set]["url"] = "#" + set;
    }
    return json;
}

const ItemLocation kMap{"/data/map", "stac.json", {}, {}, {}};

} // namespace

TEST(AssetChoice, OneAssetOnOneGridIsAllThereIs)
{
    EXPECT_TRUE(open_choices(item_with({asset_of("tiles", {})}), on_sets({"A"}), kMap).empty());
}

TEST(AssetChoice, AssetsOfOneNamedBandEachAreOneDataset)
{
    const auto alike = item_with({asset_of("a", {{"red", "uint16"}}), asset_of("b", {{"nir", "uint16"}})});
    EXPECT_TRUE(open_choices(alike, on_sets({"A"}), kMap).empty());
    EXPECT_EQ(chosen_assets(alike, kMap).size(), 2U);
    for (const auto &other :
         {asset_of("b", {{"nir", "uint8"}}), asset_of("b", {{"red", "uint16"}}), asset_of("b", {{"", "uint16"}}),
          asset_of("b", {{"nir", "uint16"}, {"green", "uint16"}}), asset_of("b", {})})
    {
        EXPECT_EQ(open_choices(item_with({asset_of("a", {{"red", "uint16"}}), other}), on_sets({"A"}), kMap),
                  (Choices{{"TILEDIR:/data/map:a", "a"}, {"TILEDIR:/data/map:b", "b"}}));
    }
}

TEST(AssetChoice, SeveralGridsAreEachAChoice)
{
    auto item = item_with({asset_of("tiles", {})});
    item.assets[0].title = "Elevation";
    const auto json = on_sets({"A", "B"});
    EXPECT_EQ(open_choices(item, json, kMap), (Choices{{"TILEDIR:/data/map:tiles:A", "Elevation on A"},
                                                       {"TILEDIR:/data/map:tiles:B", "Elevation on B"}}));
    ItemLocation chosen = kMap;
    chosen.tile_matrix_set = "B";
    EXPECT_TRUE(open_choices(item, json, chosen).empty());
}

TEST(AssetChoice, DimensionsMultiplyTheChoices)
{
    auto item = item_with({asset_of("tiles", {})});
    item.assets[0].href = "{cube:dimensions:time}/{z}/{x}/{y}.tif";
    item.extra_properties["cube:dimensions"]["time"]["values"] = {"1", "2"};
    EXPECT_EQ(open_choices(item, on_sets({"A"}), kMap),
              (Choices{{"TILEDIR:/data/map:time=1", "Map, time=1"}, {"TILEDIR:/data/map:time=2", "Map, time=2"}}));
    ItemLocation chosen = kMap;
    chosen.asset = "tiles";
    EXPECT_EQ(open_choices(item, on_sets({"A"}), chosen),
              (Choices{{"TILEDIR:/data/map:tiles:time=1", "tiles, time=1"},
                       {"TILEDIR:/data/map:tiles:time=2", "tiles, time=2"}}));
    chosen.dimensions["time"] = "2";
    EXPECT_TRUE(open_choices(item, on_sets({"A"}), chosen).empty());
}

TEST(AssetChoice, AnAssetThatIsNotThereIsRefusedWithThoseThatAre)
{
    ItemLocation location = kMap;
    location.asset = "blue";
    EXPECT_EQ(failure_of(
                  [&] {
                      chosen_assets(item_with({asset_of("red", {}), asset_of("green", {})}), location);
                  }),
              "input: /data/map/stac.json: no asset template blue; it has red, green");
    EXPECT_EQ(failure_of([&] { chosen_assets(item_with({}), kMap); }),
              "input: /data/map/stac.json: asset_templates: empty, there are no tiles to read");
}

TEST(AssetChoice, TenThousandAreListedAndNoMore)
{
    std::vector<stac::TileAsset> assets;
    for (int number = 0; number < 5000; ++number)
    {
        assets.push_back(asset_of("a" + std::to_string(number), {}));
    }
    EXPECT_EQ(open_choices(item_with(assets), on_sets({"A", "B"}), kMap).size(), 10000U);
    assets.push_back(asset_of("more", {}));
    EXPECT_EQ(
        failure_of(
            [&] {
                open_choices(item_with(assets), on_sets({"A", "B"}), kMap);
            }),
        "input: /data/map/stac.json: has 10002 assets on tile matrix sets, more than the 10000 that are listed; name "
        "one: TILEDIR:/data/map:ASSET:SET");
}

TEST(AssetChoice, AnItemWithoutAGridListsItsRasters)
{
    auto item = item_with({asset_of("all", {{"red", "uint8"}, {"nir", "uint8"}})});
    item.assets[0].href = "{cube:dimensions:time}/{eo:band}.tif";
    item.extra_properties["cube:dimensions"]["time"]["values"] = {"1", "2"};
    EXPECT_EQ(whole_rasters(item, kMap, false), (Choices{{"/data/map/1/red.tif", "all, time=1, red"},
                                                         {"/data/map/1/nir.tif", "all, time=1, nir"},
                                                         {"/data/map/2/red.tif", "all, time=2, red"},
                                                         {"/data/map/2/nir.tif", "all, time=2, nir"}}));
}

TEST(AssetChoice, TheListIsOneOfSubdatasets)
{
    ChoiceList list({{"TILEDIR:/data/map:a", "First"}, {"TILEDIR:/data/map:b", "Second"}});
    EXPECT_EQ(list.GetRasterCount(), 0);
    EXPECT_EQ(CSLCount(list.GetMetadata("SUBDATASETS")), 4);
    EXPECT_STREQ(list.GetMetadataItem("SUBDATASET_1_NAME", "SUBDATASETS"), "TILEDIR:/data/map:a");
    EXPECT_STREQ(list.GetMetadataItem("SUBDATASET_2_DESC", "SUBDATASETS"), "Second");
}

} // namespace tiledir::driver
