#include "stac/error.h"
#include "stac/item/tiled_assets_item.h"

#include <gtest/gtest.h>

namespace tiledir::stac
{

namespace
{

using PlainJson = nlohmann::json;

/// Two matrices of 2 x 1 and 4 x 2 tiles.
PlainJson set_json(const std::string &id)
{
    PlainJson json = PlainJson::parse(R"({"type": "TileMatrixSetType", "supportedCRS": "EPSG:32633", "tileMatrix": [
        {"identifier": "0", "scaleDenominator": 200000, "topLeftCorner": [500000, 6000000],
         "tileWidth": 256, "tileHeight": 256, "matrixWidth": 2, "matrixHeight": 1},
        {"identifier": "1", "scaleDenominator": 100000, "topLeftCorner": [500000, 6000000],
         "tileWidth": 256, "tileHeight": 256, "matrixWidth": 4, "matrixHeight": 2}]})");
    json["identifier"] = id;
    return json;
}

PlainJson item_json(const PlainJson &properties)
{
    return {{"type", "Feature"},
            {"stac_extensions", {"tiled-assets"}},
            {"properties", properties},
            {"asset_templates", {{"tiles", {{"href", "{TileMatrix}/{TileRow}/{TileCol}.tif"}}}}}};
}

PlainJson linked(const PlainJson &link)
{
    return item_json({{"tiles:tile_matrix_links", {{"Mine", link}}}});
}

/// The item, where each document that it links is `document`.
TiledAssetsItem read(const PlainJson &json, const PlainJson &document = nullptr)
{
    return TiledAssetsItem::from_json(json, facts_of_common_crs, {}, [&](const std::string &) { return document; });
}

std::string error_of_grid(const PlainJson &json, const PlainJson &document = nullptr)
{
    try
    {
        read(json, document);
    }
    catch (const InputError &error)
    {
        return error.what();
    }
    return "no error";
}

std::map<std::string, TileRange> limits_of(const PlainJson &limits)
{
    PlainJson json = item_json({{"tiles:tile_matrix_sets", {{"Mine", set_json("Mine")}}}});
    json["properties"]["tiles:tile_matrix_links"]["Mine"] = {{"limits", limits}};
    return read(json).limits;
}

} // namespace

TEST(ItemGrid, IsTheSchemasOneSetOfAnItemOrACollection)
{
    const PlainJson item = item_json({{"tiles:tile_matrix_set", set_json("One")}});
    EXPECT_EQ(read(item).tile_matrix_set.id, "One");
    EXPECT_EQ(TiledAssetsItem::tile_matrix_sets(item), std::vector<std::string>{"One"});
    for (const char *type : {"Collection", "Catalog"})
    {
        PlainJson parent = item;
        parent.erase("properties");
        parent["type"] = type;
        parent["tiles:tile_matrix_set"] = set_json("One");
        EXPECT_EQ(read(parent).tile_matrix_set.id, "One") << type;
    }
    const PlainJson several = item_json({{"tiles:tile_matrix_set", {{"A", set_json("A")}, {"B", set_json("B")}}}});
    EXPECT_EQ(TiledAssetsItem::tile_matrix_sets(several), (std::vector<std::string>{"A", "B"}));
}

TEST(ItemGrid, IsFoundInEveryDocumentThatALinkMayLeadTo)
{
    const PlainJson link = linked({{"url", "https://example.com/collections/stac.json#Test"}});
    const PlainJson collection = {{"type", "Collection"}, {"tiles:tile_matrix_sets", {{"Test", set_json("Test")}}}};
    const PlainJson one = {{"type", "Catalog"}, {"tiles:tile_matrix_set", set_json("Test")}};
    const PlainJson item = {{"type", "Feature"},
                            {"properties", {{"tiles:tile_matrix_sets", {{"Test", set_json("Test")}}}}}};
    for (const PlainJson &document : {collection, one, item, set_json("Test"), PlainJson{{"Test", set_json("Test")}}})
    {
        EXPECT_EQ(read(link, document).tile_matrix_set.id, "Test") << document;
    }
    EXPECT_EQ(read(linked({{"url", "stac.json"}}), collection).tile_matrix_set.id, "Test");
    const std::string at = "https://example.com/collections/stac.json";
    EXPECT_EQ(error_of_grid(link, {{"type", "Collection"}}), at + ": has no tile matrix set Test");
    EXPECT_EQ(error_of_grid(link, set_json("Other")), at + ": has no tile matrix set Test");
    EXPECT_EQ(error_of_grid(link, PlainJson::array()), at + ": is a JSON array, should be an object");
    EXPECT_EQ(error_of_grid(linked({{"url", at}}), {{"type", "Collection"}}), at + ": is no tile matrix set");
}

TEST(ItemGrid, OfADocumentThatIsFetchedLeadsToNoOther)
{
    const PlainJson chain = {{"type", "Collection"},
                             {"tiles:tile_matrix_links", {{"Test", {{"url", "https://example.com/more.json#Test"}}}}}};
    EXPECT_EQ(error_of_grid(linked({{"url", "https://example.com/first.json#Test"}}), chain),
              "https://example.com/first.json: has no tile matrix set Test");
}

TEST(ItemGrid, OfOgcsUrlsNeedsNoNetwork)
{
    for (const char *url : {"http://schemas.opengis.net/tms/1.0/json/examples/WebMercatorQuad.json",
                            "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad", "#WebMercatorQuad"})
    {
        EXPECT_EQ(read(linked({{"url", url}})).tile_matrix_set.id, "WebMercatorQuad") << url;
    }
}

TEST(ItemGrid, MayBeGivenByWellKnownScales)
{
    EXPECT_EQ(read(linked({{"well_known_scale_set", "GoogleCRS84Quad"}})).tile_matrix_set.id, "WorldCRS84Quad");
    EXPECT_EQ(read(linked({{"well_known_scale_set", "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible"}}))
                  .tile_matrix_set.id,
              "WebMercatorQuad");
    EXPECT_EQ(read(linked({{"well_known_scale_set", "WorldMercatorWGS84"}})).tile_matrix_set.id,
              "WorldMercatorWGS84Quad");
    EXPECT_EQ(error_of_grid(linked({{"well_known_scale_set", "GlobalCRS84Pixel"}})),
              "properties.tiles:tile_matrix_links.Mine.well_known_scale_set: 'GlobalCRS84Pixel' is a list of scales, "
              "which says nothing of tiles; tiles:tile_matrix_sets should have a tile matrix set of the link's name");
    PlainJson embedded = linked({{"well_known_scale_set", "GlobalCRS84Pixel"}});
    embedded["properties"]["tiles:tile_matrix_sets"]["Mine"] = set_json("Mine");
    EXPECT_EQ(read(embedded).tile_matrix_set.id, "Mine");
}

TEST(ItemGrid, HasLimitsWhoseMissingMembersAreTheMatrixs)
{
    using Limits = std::map<std::string, TileRange>;
    EXPECT_EQ(limits_of({{"1", PlainJson::object()}}), (Limits{{"1", {0, 1, 0, 3}}}));
    EXPECT_EQ(limits_of({{"1", nullptr}}), (Limits{{"1", {0, 1, 0, 3}}}));
    EXPECT_EQ(limits_of({{"1", {{"min_tile_col", 3.0}, {"max_tile_row", nullptr}}}}), (Limits{{"1", {0, 1, 3, 3}}}));
    EXPECT_EQ(limits_of({{"0", {{"max_tile_col", 0}}}, {"1", {{"min_tile_row", 1}}}}),
              (Limits{{"0", {0, 0, 0, 0}}, {"1", {1, 1, 0, 3}}}));
    EXPECT_EQ(limits_of(nullptr), Limits{});
    EXPECT_EQ(limits_of(PlainJson::object()), Limits{});
}

TEST(ItemGrid, CutsLimitsAtTheMatrix)
{
    EXPECT_EQ(limits_of({{"1", {{"max_tile_row", 9007199254740992}, {"max_tile_col", 77}}}}).at("1"),
              (TileRange{0, 1, 0, 3}));
}

TEST(ItemGrid, HasNoTilesWhereLimitsHaveAMaximumBelowTheirMinimum)
{
    const auto limits = limits_of({{"0", {{"max_tile_row", -1}}}, {"1", PlainJson::object()}});
    EXPECT_TRUE(limits.at("0").empty());
    EXPECT_FALSE(limits.at("1").empty());
}

TEST(ItemGrid, IsChosenFromNoMoreThanAHundred)
{
    PlainJson sets;
    for (int i = 0; i < 101; ++i)
    {
        sets[std::to_string(i)] = set_json(std::to_string(i));
    }
    EXPECT_EQ(error_of_grid(item_json({{"tiles:tile_matrix_sets", sets}})),
              "properties.tiles:tile_matrix_sets: has 101 elements, should have at most 100");
}

} // namespace tiledir::stac
