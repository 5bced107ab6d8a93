#include "stac/item/item_growth.h"

#include <gtest/gtest.h>

namespace tiledir::stac
{

using Box = std::vector<double>;

TEST(ItemGrowthTest, TheBoxOfTwoHoldsBoth)
{
    EXPECT_EQ(united_bbox({1, 2, 3, 4}, {2, 0, 5, 3}), (Box{1, 0, 5, 4}));
    EXPECT_EQ(united_bbox({}, {2, 0, 5, 3}), (Box{2, 0, 5, 3}));
    EXPECT_EQ(united_bbox({2, 0, 5, 3}, {}), (Box{2, 0, 5, 3}));
}

TEST(ItemGrowthTest, ABoxOverTheAntimeridianStaysThere)
{
    EXPECT_EQ(united_bbox({170, 0, -170, 1}, {-175, 2, -160, 3}), (Box{170, 0, -160, 3}));
    EXPECT_EQ(united_bbox({160, 0, 175, 1}, {170, 0, -170, 1}), (Box{160, 0, -170, 1}));
    EXPECT_EQ(united_bbox({170, 0, -170, 1}, {172, 0, -175, 1}), (Box{170, 0, -170, 1}));
    EXPECT_EQ(united_bbox({10, 0, -10, 1}, {-20, 0, 20, 1}), (Box{-180, 0, 180, 1}));
}

TEST(ItemGrowthTest, WhatItsMakerWroteStays)
{
    nlohmann::ordered_json item = nlohmann::ordered_json::parse(R"({
        "other": 1, "bbox": [0, 0, 1, 1], "geometry": null, "properties": {"proj:shape": [1, 1], "mine": true,
        "tiles:tile_matrix_links": {"G": {"url": "#G", "limits": {
            "1": {"min_tile_col": 2, "max_tile_col": 3, "min_tile_row": 4}, "0": {"max_tile_col": 0}}}}}})");
    const auto before = item;
    ItemTiles growth;
    growth.set_key = "G";
    growth.base = "1";
    growth.tiles["0"] = {0, 0, 0, 0};
    growth.tiles["1"] = {4, 9, 2, 2};
    growth.bbox = []() -> Box { throw std::logic_error("no new tiles, and proj:shape tells the box"); };
    EXPECT_FALSE(grow_item(item, growth));
    EXPECT_EQ(item, before);

    growth.tiles["1"] = {3, 9, 3, 5};
    growth.bbox = [] { return Box{0, 0, 2, 2}; };
    EXPECT_TRUE(grow_item(item, growth));
    const auto &limits = item["properties"]["tiles:tile_matrix_links"]["G"]["limits"];
    EXPECT_EQ(limits["1"],
              nlohmann::ordered_json::parse(R"({"min_tile_col": 2, "max_tile_col": 5, "min_tile_row": 3})"));
    EXPECT_EQ(limits["0"], before["properties"]["tiles:tile_matrix_links"]["G"]["limits"]["0"]);
    EXPECT_FALSE(item["properties"].contains("proj:shape"));
    EXPECT_EQ(item["properties"]["mine"], true);
    EXPECT_EQ(item["other"], 1);
    EXPECT_EQ(item["bbox"], (Box{0, 0, 2, 2}));
    EXPECT_EQ(item["geometry"]["type"], "Polygon");
}

TEST(ItemGrowthTest, ABoxStaysWhereTheLimitsHoldAll)
{
    nlohmann::ordered_json item = nlohmann::ordered_json::parse(R"({"bbox": [0, 0, 1, 1], "properties": {
        "tiles:tile_matrix_links": {"G": {"url": "#G", "limits": {
            "1": {"min_tile_col": 2, "max_tile_col": 3, "min_tile_row": 4, "max_tile_row": 5}}}}}})");
    ItemTiles growth;
    growth.set_key = "G";
    growth.base = "1";
    growth.tiles["1"] = {4, 5, 2, 3};
    growth.bbox = []() -> Box { throw std::logic_error("the limits hold all"); };
    EXPECT_FALSE(grow_item(item, growth));

    item["properties"]["tiles:tile_matrix_links"]["G"]["limits"]["1"].erase("max_tile_row"); // the matrix's own
    growth.bbox = [] { return Box{0, 0, 1, 2}; };
    EXPECT_TRUE(grow_item(item, growth));
    EXPECT_EQ(item["bbox"], (Box{0, 0, 1, 2}));
}

} // namespace tiledir::stac
