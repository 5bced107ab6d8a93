#include "stac/item/tile_layout.h"

#include <gtest/gtest.h>

namespace tiledir::stac
{

using PlainJson = nlohmann::json;

namespace
{

PlainJson item()
{
    return PlainJson::parse(R"({"id": "a", "bbox": [0, 0, 1, 1], "properties": {
        "title": "t", "tiledir:base_level": "1", "tiledir:format": {"driver": "GTiff"},
        "tiles:tile_matrix_links": {"G": {"url": "#G", "limits": {"1": {"min_tile_col": 0}}}},
        "tiles:tile_matrix_sets": {"G": {"tileMatrix": [
            {"identifier": "0", "tileWidth": 256}, {"identifier": "1", "tileWidth": 256}]}}},
        "asset_templates": {"tiles": {"href": "{TileMatrix}/{TileRow}/{TileCol}.tif", "type": "image/tiff",
            "raster:bands": [{"data_type": "uint8", "nodata": 0, "scale": 1}]}}})");
}

/// With another value at one place.
PlainJson with(const char *place, const PlainJson &value)
{
    PlainJson changed = item();
    changed[PlainJson::json_pointer(place)] = value;
    return changed;
}

} // namespace

TEST(TileLayoutTest, WhatSaysNothingOfHowTilesAreMadeMayChange)
{
    for (const char *place : {"/id", "/bbox", "/properties/title", "/properties/tiles:tile_matrix_links/G/limits",
                              "/properties/tiles:tile_matrix_sets/G/tileMatrix/0",
                              "/asset_templates/tiles/raster:bands/0/scale", "/properties/statistics"})
    {
        EXPECT_EQ(tile_layout(item()), tile_layout(with(place, 7))) << place;
    }
}

TEST(TileLayoutTest, WhatTilesDependOnMakesAnotherLayout)
{
    for (const char *place :
         {"/properties/tiledir:base_level", "/properties/tiledir:format/driver",
          "/properties/tiles:tile_matrix_links/H", "/properties/tiles:tile_matrix_sets/G/tileMatrix/1/tileWidth",
          "/asset_templates/tiles/href", "/asset_templates/tiles/type",
          "/asset_templates/tiles/raster:bands/0/data_type", "/asset_templates/tiles/raster:bands/0/nodata",
          "/asset_templates/other"})
    {
        EXPECT_NE(tile_layout(item()), tile_layout(with(place, 7))) << place;
    }
}

TEST(TileLayoutTest, AnythingHasALayout)
{
    for (const char *text : {"null", "7", "[]", "{}", R"({"properties": 1, "asset_templates": [1]})",
                             R"({"properties": {"tiles:tile_matrix_links": {"G": 1}}, "asset_templates": {"a": 1}})"})
    {
        EXPECT_NO_THROW(tile_layout(PlainJson::parse(text))) << text;
        EXPECT_NE(tile_layout(PlainJson::parse(text)), tile_layout(item())) << text;
    }
}

} // namespace tiledir::stac
