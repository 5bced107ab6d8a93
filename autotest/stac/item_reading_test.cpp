// Items of others, older ones and wrong ones.
#include "autotest/stac/sample_item.h"
#include "autotest/stac/shared_json.h"
#include "stac/item/tiled_assets_item.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

namespace tiledir::stac
{

TEST(TiledAssetsItem, ReadsTheExampleOfTheSpecification)
{
    const auto json = json_of(kExamples + "example-tiled-assets-tiled.json");
    if (!json)
    {
        GTEST_SKIP() << "no " << kExamples;
    }
    const TiledAssetsItem item = TiledAssetsItem::from_json(*json);
    EXPECT_EQ(item.id, "s2cloudless_2018");
    EXPECT_EQ(item.datetime, "2018-01-01T00:00:00Z");
    EXPECT_EQ(item.tile_matrix_set.id, "WebMercatorQuad");
    EXPECT_EQ(item.tile_matrix_set.matrices.size(),
              json->at("properties")["tiles:tile_matrix_sets"]["WebMercatorQuad"]["tileMatrix"].size());
    EXPECT_EQ(item.limits.at("0"), (TileRange{0, 0, 0, 0})); // {} in the JSON
    EXPECT_EQ(item.limits.at("4"), (TileRange{8, 9, 4, 5}));
    EXPECT_EQ(item.extra_properties.at("gsd"), 10);
    EXPECT_FALSE(item.extra_properties.contains("datetime"));
}

TEST(TiledAssetsItem, SaysThatTheExampleWithoutAGridHasNone)
{
    const auto json = json_of(kExamples + "example-tiled-assets-dimension.json");
    if (!json)
    {
        GTEST_SKIP() << "no " << kExamples;
    }
    EXPECT_EQ(error_of(*json), "properties: has neither tiles:tile_matrix_links nor tiles:tile_matrix_sets");
}

TEST(TiledAssetsItem, ReadsAnItemThatMapcheteWrote)
{
    const auto json = json_of(TILEDIR_SHARED_DATA "/stac/eoxcloudless-viewing-basic.json");
    if (!json)
    {
        GTEST_SKIP() << "no " << TILEDIR_SHARED_DATA "/stac";
    }
    const TiledAssetsItem item = TiledAssetsItem::from_json(*json);
    EXPECT_EQ(item.bbox, (std::vector<double>{-180, -90, 180, 90}));
    EXPECT_EQ(item.assets.at(0).key, "bands");
    EXPECT_EQ(item.assets[0].media_type, ""); // null in the JSON
    ASSERT_EQ(item.tile_matrix_set.matrices.size(), 14u);
    const TileMatrix &finest = item.tile_matrix_set.matrices[13];
    EXPECT_NEAR(finest.cell_size, 180.0 / 256 / 8192, 1e-15);
    EXPECT_NEAR(finest.bounds(finest.window()).max_x, 180, 1e-7);
    EXPECT_EQ(item.limits.at("13"), (TileRange{0, 511, 0, 1023}));
    EXPECT_EQ(item.tile_matrix_set.ratio(13, 0), 8192);
}

TEST(TiledAssetsItem, ReadsOlderSpellingsOfTheLinks)
{
    nlohmann::json json = hillshade_item().to_json();
    nlohmann::json &properties = json["properties"];
    properties["tiles:tile_matrix_set_links"] = properties["tiles:tile_matrix_links"];
    properties.erase("tiles:tile_matrix_links");
    EXPECT_EQ(TiledAssetsItem::from_json(json).limits, hillshade_item().limits);
}

TEST(TiledAssetsItem, ReadsBandsOfOlderItems)
{
    nlohmann::json json = hillshade_item().to_json();
    nlohmann::json &tiles = json["asset_templates"]["tiles"];
    tiles.erase("bands");
    tiles["eo:bands"] = {{{"name", "B4"}, {"common_name", "red"}}};
    tiles["raster:bands"] = {{{"data_type", "uint16"}, {"nodata", "nan"}, {"scale", 0.5}}};
    const ItemBand band = TiledAssetsItem::from_json(json).assets.at(0).bands.at(0);
    EXPECT_EQ(band.name, "B4");
    EXPECT_EQ(band.common_name, "red");
    EXPECT_EQ(band.data_type, "uint16");
    EXPECT_TRUE(std::isnan(band.nodata.value()));
    EXPECT_EQ(band.scale, 0.5);
}

TEST(TiledAssetsItem, LetsBandsTakeWhatTheirAssetSays)
{
    nlohmann::json json = hillshade_item().to_json();
    nlohmann::json &tiles = json["asset_templates"]["tiles"];
    tiles["bands"] = {{{"name", "a"}}, {{"name", "b"}, {"nodata", 7}}};
    tiles["data_type"] = "int16";
    tiles["nodata"] = -1;
    const std::vector<ItemBand> bands = TiledAssetsItem::from_json(json).assets.at(0).bands;
    EXPECT_EQ(bands.at(0).data_type, "int16");
    EXPECT_EQ(bands.at(0).nodata, -1);
    EXPECT_EQ(bands.at(1).nodata, 7);
}

TEST(TiledAssetsItem, TakesAWellKnownSetThatIsLinkedAlone)
{
    nlohmann::json json = hillshade_item().to_json();
    nlohmann::json &properties = json["properties"];
    properties.erase("tiles:tile_matrix_sets");
    properties["tiles:tile_matrix_links"]["WebMercatorQuad"].erase("tiledir:tile_matrix_set");
    EXPECT_EQ(TiledAssetsItem::from_json(json).tile_matrix_set.matrices.size(), 25u);
}

TEST(TiledAssetsItem, ReadsTheSetThatIsAskedFor)
{
    nlohmann::json json = hillshade_item().to_json();
    json["properties"]["tiles:tile_matrix_links"]["WorldCRS84Quad"] = {{"url", "#WorldCRS84Quad"}};
    const auto read = [&json](const std::string &id)
    { return TiledAssetsItem::from_json(json, facts_of_common_crs, id).tile_matrix_set.id; };
    EXPECT_EQ(read(""), "WebMercatorQuad");
    EXPECT_EQ(read("WorldCRS84Quad"), "WorldCRS84Quad");
    EXPECT_THROW(read("NZTM2000Quad"), InputError);
}

TEST(TiledAssetsItem, NamesTheMemberThatIsWrong)
{
    const auto error_with = [](const std::string &pointer, const nlohmann::json &value)
    {
        nlohmann::json json = hillshade_item().to_json();
        json[nlohmann::json::json_pointer(pointer)] = value;
        return error_of(json);
    };
    EXPECT_EQ(error_with("/asset_templates/tiles/href", 3), "asset_templates.tiles.href: is 3, should be a text");
    EXPECT_EQ(error_with("/asset_templates", nlohmann::json::object()),
              "asset_templates: is empty, should have one asset at least");
    const std::string limits = "/properties/tiles:tile_matrix_links/WebMercatorQuad/limits";
    EXPECT_EQ(error_with(limits, {{"77", nlohmann::json::object()}}),
              "properties.tiles:tile_matrix_links.WebMercatorQuad.limits.77: is no tile matrix of WebMercatorQuad");
    EXPECT_EQ(error_with(limits, {{"11", {{"min_tile_col", 4}, {"max_tile_col", 3}}}}),
              "properties.tiles:tile_matrix_links.WebMercatorQuad.limits: leaves no tile, should list a range of some "
              "matrix");
    EXPECT_EQ(error_with(limits + "/11/min_tile_col", 2.5),
              "properties.tiles:tile_matrix_links.WebMercatorQuad.limits.11.min_tile_col: is 2.5, should be a whole "
              "number from -1 to 9007199254740992");
    const std::string matrix =
        "/properties/tiles:tile_matrix_links/WebMercatorQuad/tiledir:tile_matrix_set/tileMatrices/3";
    EXPECT_EQ(error_with(matrix + "/cellSize", 0),
              "properties.tiles:tile_matrix_links.WebMercatorQuad.tiledir:tile_matrix_set.tileMatrices[3].cellSize: "
              "is 0, should be more than 0");
}

TEST(TiledAssetsItem, ReadsPastWhatNoPixelDependsOn)
{
    const auto warnings_with = [](const std::string &pointer, const nlohmann::json &value)
    {
        nlohmann::json json = hillshade_item().to_json();
        json[nlohmann::json::json_pointer(pointer)] = value;
        return TiledAssetsItem::from_json(json).warnings;
    };
    using Warnings = std::vector<std::string>;
    EXPECT_EQ(warnings_with("/asset_templates/tiles/bands/0/nodata", "none"),
              Warnings{"asset_templates.tiles.bands[0].nodata: is 'none', should be a number, nan, inf or -inf"});
    EXPECT_EQ(warnings_with("/bbox", {1, 2}), Warnings{"bbox: has 2 numbers, should have 4 or 6"});
    EXPECT_EQ(warnings_with("/properties/title", 3), Warnings{"properties.title: is 3, should be a text"});
    EXPECT_EQ(
        warnings_with("/properties/tiles:tile_matrix_links/WebMercatorQuad/limits/77", nlohmann::json::object()),
        Warnings{"properties.tiles:tile_matrix_links.WebMercatorQuad.limits.77: is no tile matrix of WebMercatorQuad"});
    nlohmann::json json = hillshade_item().to_json();
    nlohmann::json &tiles = json["asset_templates"]["tiles"];
    tiles.erase("bands");
    tiles["eo:bands"] = {{{"name", "a"}}, {{"name", "b"}}};
    tiles["raster:bands"] = {{{"data_type", "uint16"}}};
    const TiledAssetsItem item = TiledAssetsItem::from_json(json);
    EXPECT_EQ(item.warnings, Warnings{"asset_templates.tiles.raster:bands: has 1 bands where eo:bands has 2, is not "
                                      "looked at"});
    EXPECT_EQ(item.assets[0].bands.size(), 2u);
}

TEST(TiledAssetsItem, ReadsNodataThatIsWrittenAsText)
{
    const auto nodata_of = [](const char *text)
    {
        nlohmann::json json = hillshade_item().to_json();
        json["asset_templates"]["tiles"]["bands"][0]["nodata"] = text;
        return TiledAssetsItem::from_json(json).assets[0].bands[0].nodata;
    };
    EXPECT_EQ(nodata_of("-9999"), -9999);
    EXPECT_EQ(nodata_of("1.5"), 1.5);
    EXPECT_EQ(nodata_of("-inf"), -std::numeric_limits<double>::infinity());
    EXPECT_TRUE(std::isnan(nodata_of("NaN").value()));
    EXPECT_EQ(nodata_of("0x10"), std::nullopt);
}

TEST(TiledAssetsItem, IsBoundedInWhatItHolds)
{
    const auto error_with = [](const std::string &pointer, const nlohmann::json &value)
    {
        nlohmann::json json = hillshade_item().to_json();
        json[nlohmann::json::json_pointer(pointer)] = value;
        return error_of(json);
    };
    EXPECT_EQ(error_with("/asset_templates/tiles/bands", std::vector<nlohmann::json>(65537, nlohmann::json::object())),
              "asset_templates.tiles.bands: has 65537 elements, should have at most 65536");
    nlohmann::json assets;
    for (int i = 0; i < 4097; ++i)
    {
        assets[std::to_string(i)] = {{"href", "{z}"}};
    }
    EXPECT_EQ(error_with("/asset_templates", assets), "asset_templates: has 4097 elements, should have at most 4096");
    EXPECT_EQ(error_with("/asset_templates/tiles/href", std::string(8193, 'x')),
              "asset_templates.tiles.href: has 8193 bytes, should have at most 8192");
    EXPECT_EQ(error_with("/asset_templates/tiles/href", "a\r\nHost: b/{z}"),
              "asset_templates.tiles.href: has a control character in it");
    EXPECT_EQ(error_with("/asset_templates/tiles/bands/0/name", std::string("a\0b", 3)),
              "asset_templates.tiles.bands[0].name: has a control character in it");
    EXPECT_EQ(error_with("/asset_templates/tiles/bands/0/data_type", std::string(65537, 'x')),
              "asset_templates.tiles.bands[0].data_type: has 65537 bytes, should have at most 65536");
}

TEST(TiledAssetsItem, ThrowsNothingButInputErrorWhateverAMemberBecomes)
{
    TiledAssetsItem item = hillshade_item();
    item.pixel_buffers["11"] = {1, 2, 3, 4, false, false, false, false};
    item.tile_matrix_set.matrices.erase(item.tile_matrix_set.matrices.begin(),
                                        item.tile_matrix_set.matrices.begin() + 9);
    item.tile_matrix_set.matrices.resize(3);
    const nlohmann::json json = item.to_json();
    const nlohmann::json flat = json.flatten();
    std::set<std::string> members;
    for (const auto &[pointer, value] : flat.items())
    {
        for (nlohmann::json::json_pointer at(pointer); !at.empty(); at.pop_back())
        {
            members.insert(at.to_string());
        }
    }
    EXPECT_GT(members.size(), 100u);
    const auto values =
        nlohmann::json::parse(R"([null, true, -1, 1e300, 18446744073709551615, "text", [[]], {"a": 1}])");
    for (const std::string &member : members)
    {
        for (const nlohmann::json &value : values)
        {
            nlohmann::json changed = json;
            changed[nlohmann::json::json_pointer(member)] = value;
            EXPECT_NO_THROW(error_of(changed)) << member << " = " << value;
        }
    }
}

TEST(TiledAssetsItem, IsRecognizedByTheNameOfItsExtension)
{
    EXPECT_TRUE(TiledAssetsItem::looks_like_one(hillshade_item().to_json().dump()));
    EXPECT_TRUE(TiledAssetsItem::looks_like_one(" {\"stac_extensions\": [\"tiled-assets\"]}"));
    EXPECT_TRUE(TiledAssetsItem::looks_like_one(
        R"({"stac_extensions":["https:\/\/stac-extensions.github.io\/tiled-assets\/v1.0.0\/schema.json"]})"));
    EXPECT_FALSE(TiledAssetsItem::looks_like_one("[\"tiled-assets\"]"));
    EXPECT_FALSE(TiledAssetsItem::looks_like_one("{\"stac_extensions\": []}"));
    EXPECT_FALSE(TiledAssetsItem::looks_like_one(""));
}

} // namespace tiledir::stac
