#include "stac/tiled_assets_item.h"

#include "autotest/stac/shared_json.h"
#include "stac/error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace tiledir::stac
{

namespace
{

const std::string kExamples = TILEDIR_SHARED_SPEC "/tiled-assets/";

TiledAssetsItem hillshade_item()
{
    TiledAssetsItem item;
    item.id = "jacksboro";
    item.title = "Shaded relief";
    item.start_datetime = "2024-01-01T00:00:00Z";
    item.end_datetime = "2024-01-02T00:00:00Z";
    item.bbox = {-84.5, 36, -84, 36.5};
    item.proj_code = "EPSG:3857";
    item.tile_matrix_set = *TileMatrixSet::well_known("WebMercatorQuad");
    item.limits = {{"10", {401, 402, 271, 272}}, {"11", {802, 804, 543, 545}}};
    ItemBand band;
    band.name = "b1";
    band.description = "hillshade";
    band.nodata = 0;
    TileAsset asset;
    asset.href = "{TileMatrix}/{TileRow}/{TileCol}.tif";
    asset.media_type = "image/tiff; application=geotiff";
    asset.title = "Tiles";
    asset.bands = {band};
    item.assets = {asset};
    item.extra_properties = {{"tiledir:base_level", "11"}, {"keywords", {"relief"}}};
    return item;
}

TiledAssetsItem read_back(const TiledAssetsItem &item)
{
    return TiledAssetsItem::from_json(nlohmann::json::parse(item.to_json().dump()));
}

void expect_same_band(const ItemBand &one, const ItemBand &other)
{
    EXPECT_EQ(one.name, other.name);
    EXPECT_EQ(one.description, other.description);
    EXPECT_EQ(one.data_type, other.data_type);
    ASSERT_EQ(one.nodata.has_value(), other.nodata.has_value());
    EXPECT_TRUE(one.nodata == other.nodata || (std::isnan(*one.nodata) && std::isnan(*other.nodata)));
    EXPECT_EQ(one.unit, other.unit);
    EXPECT_EQ(one.scale, other.scale);
    EXPECT_EQ(one.offset, other.offset);
    EXPECT_EQ(one.common_name, other.common_name);
}

void expect_same(const TiledAssetsItem &one, const TiledAssetsItem &other)
{
    EXPECT_EQ(one.id, other.id);
    EXPECT_EQ(one.title, other.title);
    EXPECT_EQ(one.datetime, other.datetime);
    EXPECT_EQ(one.start_datetime, other.start_datetime);
    EXPECT_EQ(one.end_datetime, other.end_datetime);
    EXPECT_EQ(one.bbox, other.bbox);
    EXPECT_EQ(one.proj_code, other.proj_code);
    EXPECT_EQ(one.proj_projjson, other.proj_projjson);
    EXPECT_EQ(one.tile_matrix_set.to_json(), other.tile_matrix_set.to_json());
    EXPECT_EQ(one.limits, other.limits);
    EXPECT_EQ(one.pixel_buffers, other.pixel_buffers);
    EXPECT_EQ(one.extra_properties, other.extra_properties);
    ASSERT_EQ(one.assets.size(), other.assets.size());
    for (std::size_t i = 0; i < one.assets.size(); ++i)
    {
        EXPECT_EQ(one.assets[i].key, other.assets[i].key);
        EXPECT_EQ(one.assets[i].href, other.assets[i].href);
        EXPECT_EQ(one.assets[i].media_type, other.assets[i].media_type);
        EXPECT_EQ(one.assets[i].title, other.assets[i].title);
        ASSERT_EQ(one.assets[i].bands.size(), other.assets[i].bands.size());
        for (std::size_t band = 0; band < one.assets[i].bands.size(); ++band)
        {
            expect_same_band(one.assets[i].bands[band], other.assets[i].bands[band]);
        }
    }
}

std::string error_of(const nlohmann::json &json)
{
    try
    {
        TiledAssetsItem::from_json(json);
    }
    catch (const InputError &error)
    {
        return error.what();
    }
    return "no error";
}

} // namespace

TEST(TiledAssetsItem, ComesBackFromItsJson)
{
    expect_same(read_back(hillshade_item()), hillshade_item());
}

TEST(TiledAssetsItem, ComesBackWithEverythingSet)
{
    TiledAssetsItem item = hillshade_item();
    item.datetime = "2024-06-01T12:00:00Z";
    item.proj_code.clear();
    item.proj_projjson = {{"type", "ProjectedCRS"}, {"name", "mine"}};
    item.tile_matrix_set = TileMatrixSet::well_known("EuropeanETRS89_LAEAQuad")->derived(512, 4);
    item.limits.clear();
    item.bbox = {170, -10, -170, 10};
    ItemBand band;
    band.name = "B08";
    band.data_type = "float32";
    band.nodata = std::numeric_limits<double>::quiet_NaN();
    band.unit = "m";
    band.scale = 0.1;
    band.offset = -1e-3;
    band.common_name = "nir";
    item.assets[0].bands = {band, band, band};
    item.assets[0].bands[1].nodata = -std::numeric_limits<double>::infinity();
    item.assets[0].bands[2].nodata = -3.4028234663852886e38;
    item.assets.push_back({"vectors", "{TileMatrix}/{TileRow}/{TileCol}.fgb", "", "", {}});
    expect_same(read_back(item), item);
}

TEST(TiledAssetsItem, EmbedsOnlyMatricesThatHaveTiles)
{
    const nlohmann::json json = hillshade_item().to_json();
    const nlohmann::json &set = json["properties"]["tiles:tile_matrix_sets"]["WebMercatorQuad"];
    EXPECT_EQ(set["type"], "TileMatrixSetType");
    ASSERT_EQ(set["tileMatrix"].size(), 2u);
    EXPECT_EQ(set["tileMatrix"][0]["identifier"], "10");
    EXPECT_EQ(set["tileMatrix"][1]["identifier"], "11");
}

TEST(TiledAssetsItem, IsWrittenInTheTermsOfBothGenerationsOfReaders)
{
    TiledAssetsItem item = hillshade_item();
    item.assets[0].bands[0].scale = 2;
    item.assets[0].bands[0].common_name = "red";
    const nlohmann::json json = item.to_json();
    EXPECT_EQ(json["stac_version"], "1.1.0");
    const nlohmann::json &tiles = json["asset_templates"]["tiles"];
    EXPECT_EQ(tiles["bands"], nlohmann::json::parse(R"([{"name": "b1", "description": "hillshade",
        "data_type": "uint8", "nodata": 0, "raster:scale": 2.0, "eo:common_name": "red"}])"));
    EXPECT_EQ(tiles["raster:bands"], nlohmann::json::parse(R"([{"data_type": "uint8", "nodata": 0, "scale": 2.0}])"));
    EXPECT_EQ(tiles["eo:bands"], nlohmann::json::parse(R"([{"name": "b1", "description": "hillshade",
        "common_name": "red"}])"));
    EXPECT_FALSE(hillshade_item().to_json()["asset_templates"]["tiles"].contains("eo:bands"));
}

TEST(TiledAssetsItem, ShowsGdalTheShortNameInItsFirstThousandBytes)
{
    const std::string head = hillshade_item().to_json().dump(2).substr(0, 1024);
    EXPECT_NE(head.find("\"stac_extensions\""), std::string::npos);
    EXPECT_NE(head.find("\"tiled-assets\""), std::string::npos);
}

TEST(TiledAssetsItem, HasAGeometryThatCoversItsBbox)
{
    TiledAssetsItem item = hillshade_item();
    EXPECT_EQ(nlohmann::json(item.to_json())["geometry"], nlohmann::json::parse(R"({"type": "Polygon", "coordinates":
        [[[-84.5, 36.0], [-84.0, 36.0], [-84.0, 36.5], [-84.5, 36.5], [-84.5, 36.0]]]})"));
    item.bbox = {170, -10, -170, 10};
    EXPECT_EQ(nlohmann::json(item.to_json())["geometry"], nlohmann::json::parse(R"({"type": "MultiPolygon",
        "coordinates": [[[[170.0, -10.0], [180.0, -10.0], [180.0, 10.0], [170.0, 10.0], [170.0, -10.0]]],
                        [[[-180.0, -10.0], [-170.0, -10.0], [-170.0, 10.0], [-180.0, 10.0], [-180.0, -10.0]]]]})"));
    item.bbox.clear();
    EXPECT_TRUE(item.to_json()["geometry"].is_null());
    EXPECT_FALSE(item.to_json().contains("bbox"));
}

TEST(TiledAssetsItem, IsNotWrittenWithoutWhatAnItemNeeds)
{
    TiledAssetsItem item = hillshade_item();
    item.end_datetime.clear();
    EXPECT_THROW(item.to_json(), InputError);
    item = hillshade_item();
    item.assets.clear();
    EXPECT_THROW(item.to_json(), InputError);
    item = hillshade_item();
    item.limits = {{"77", {0, 0, 0, 0}}};
    EXPECT_THROW(item.to_json(), InputError);
    item.limits = {{"7", {}}};
    EXPECT_THROW(item.to_json(), InputError);
}

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
        assets[std::to_string(i)] = {{"href", "{z}"}};
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

TEST(TiledAssetsItem, PixelBuffersAreThoseOfTheLink)
{
    TiledAssetsItem item = hillshade_item();
    item.pixel_buffers["11"] = {1, 2, 3, 4, false, true, true, false};
    expect_same(read_back(item), item);
    nlohmann::json json = item.to_json();
    nlohmann::json &link = json["properties"]["tiles:tile_matrix_links"]["WebMercatorQuad"];
    EXPECT_EQ(link["pixel_buffer"]["11"], nlohmann::json::parse(R"({"top": 1, "left": 2, "bottom": 3, "right": 4,
              "border_top": false, "border_right": false})"));
    link["pixel_buffer"] = {{"10", {{"left", 8}}}};
    const PixelBuffer read = TiledAssetsItem::from_json(json).pixel_buffers.at("10");
    EXPECT_EQ(read, (PixelBuffer{0, 8, 0, 0, true, true, true, true}));
    const std::string path = "properties.tiles:tile_matrix_links.WebMercatorQuad.pixel_buffer.";
    link["pixel_buffer"] = {{"10", {{"left", -1}}}};
    EXPECT_EQ(error_of(json), path + "10.left: is -1, should be a whole number from 0 to 65536");
    link["pixel_buffer"] = {{"10", {{"border_left", 1}}}};
    EXPECT_EQ(error_of(json), path + "10.border_left: is 1, should be true or false");
    link["pixel_buffer"] = {{"77", {{"left", 1}}}};
    EXPECT_EQ(TiledAssetsItem::from_json(json).warnings,
              std::vector<std::string>{path + "77: is no tile matrix of WebMercatorQuad"});
}

TEST(TiledAssetsItem, KeepsNodataThatADoubleDoesNotHold)
{
    TiledAssetsItem item = hillshade_item();
    nlohmann::json json = item.to_json();
    nlohmann::json &band = json["asset_templates"]["tiles"]["bands"][0];
    band["nodata"] = -9007199254740993;
    band["data_type"] = "int64";
    EXPECT_EQ(TiledAssetsItem::from_json(json).assets[0].bands[0].large_nodata, -9007199254740993);
    band["nodata"] = 18446744073709551615u;
    band["data_type"] = "uint64";
    const TiledAssetsItem read = TiledAssetsItem::from_json(json);
    EXPECT_EQ(read.assets[0].bands[0].large_nodata, -1);
    EXPECT_EQ(nlohmann::json(read.to_json())["asset_templates"]["tiles"]["bands"][0]["nodata"], 18446744073709551615u);
    band["nodata"] = 12;
    EXPECT_FALSE(TiledAssetsItem::from_json(json).assets[0].bands[0].large_nodata.has_value());
}

TEST(TiledAssetsItem, KeepsTheKeyOfTheLinkWhereTheSetHasAnotherId)
{
    TiledAssetsItem item = hillshade_item();
    item.tile_matrix_set_key = "mine";
    const nlohmann::json json = item.to_json();
    EXPECT_TRUE(json["properties"]["tiles:tile_matrix_links"].contains("mine"));
    const TiledAssetsItem read = TiledAssetsItem::from_json(json);
    EXPECT_EQ(read.tile_matrix_set_key, "mine");
    EXPECT_EQ(read.tile_matrix_set.id, "WebMercatorQuad");
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

TEST(TiledAssetsItem, WritesWhatTheSchemaRequires)
{
    const auto schema = json_of(kExamples + "schema.json");
    if (!schema)
    {
        GTEST_SKIP() << "no " << kExamples;
    }
    const nlohmann::json json = hillshade_item().to_json();
    const nlohmann::json &extension = schema->at("properties")["stac_extensions"]["contains"]["const"];
    EXPECT_NE(std::find(json["stac_extensions"].begin(), json["stac_extensions"].end(), extension),
              json["stac_extensions"].end());
    const nlohmann::json &definitions = schema->at("definitions");
    const nlohmann::json &set = json["properties"]["tiles:tile_matrix_sets"]["WebMercatorQuad"];
    for (const nlohmann::json &member : definitions["tile_matrix_set"]["required"])
    {
        EXPECT_TRUE(set.contains(member.get<std::string>())) << member;
    }
    for (const nlohmann::json &member : definitions["tileMatrix"]["items"]["required"])
    {
        EXPECT_TRUE(set["tileMatrix"][0].contains(member.get<std::string>())) << member;
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
