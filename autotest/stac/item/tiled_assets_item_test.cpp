#include "stac/item/tiled_assets_item.h"

#include "autotest/stac/sample_item.h"
#include "autotest/stac/shared_json.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace tiledir::stac
{

namespace
{

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
    EXPECT_EQ(one.bits_per_sample, other.bits_per_sample);
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
    band.bits_per_sample = 7;
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

TEST(TiledAssetsItem, WritesTemplatesWithTheExtensionsNames)
{
    TiledAssetsItem item = hillshade_item();
    item.assets[0].href = "./{z}/{x}/{y}-{q}-{-y}.png";
    EXPECT_EQ(item.to_json()["asset_templates"]["tiles"]["href"], "./{TileMatrix}/{TileCol}/{TileRow}-{q}-{-y}.png");
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

} // namespace tiledir::stac
