#include "stac/item/item_statistics.h"

#include "stac/error.h"

#include <gtest/gtest.h>

namespace tiledir::stac
{

namespace
{

using Json = nlohmann::ordered_json;

Json item_of_two_bands()
{
    return Json::parse(R"({"properties": {"title": "x"}, "asset_templates": {"tiles": {"href": "{x}",
        "bands": [{"name": "a"}, {"name": "b"}], "raster:bands": [{"data_type": "uint8"}, {"data_type": "uint8"}]}}})");
}

const std::vector<std::optional<BandStatistics>> kOfOne = {BandStatistics{1, 9, 4.5, 2.25, 50}, std::nullopt};

} // namespace

TEST(ItemStatisticsTest, TheyStandInEachListOfBandsAndGoAgain)
{
    Json item = item_of_two_bands();
    begin_statistics(item, "me");
    ASSERT_TRUE(end_statistics(item, "me", kOfOne));
    const Json told = {{"minimum", 1.0}, {"maximum", 9.0}, {"mean", 4.5}, {"stddev", 2.25}, {"valid_percent", 50.0}};
    for (const char *list : {"bands", "raster:bands"})
    {
        EXPECT_EQ(item["asset_templates"]["tiles"][list][0]["statistics"], told);
        EXPECT_FALSE(item["asset_templates"]["tiles"][list][1].contains("statistics"));
    }
    EXPECT_TRUE(drop_statistics(item));
    EXPECT_EQ(item, item_of_two_bands());
    EXPECT_FALSE(drop_statistics(item));
}

TEST(ItemStatisticsTest, ThoseOfPixelsThatHaveChangedMeanwhileAreNotTold)
{
    Json item = item_of_two_bands();
    begin_statistics(item, "me");
    EXPECT_TRUE(drop_statistics(item)); // as every writer does after its tiles
    const Json before = item;
    EXPECT_FALSE(end_statistics(item, "me", kOfOne));
    EXPECT_EQ(item, before);
    begin_statistics(item, "another");
    EXPECT_FALSE(end_statistics(item, "me", kOfOne));
    EXPECT_TRUE(end_statistics(item, "another", kOfOne));
}

TEST(ItemStatisticsTest, WithoutAPlaceForThemTheyAreRefused)
{
    Json item = item_of_two_bands();
    begin_statistics(item, "me");
    EXPECT_THROW(end_statistics(item, "me", {std::nullopt}), InputError);
    item["asset_templates"]["more"] = item["asset_templates"]["tiles"];
    begin_statistics(item, "me");
    EXPECT_THROW(end_statistics(item, "me", kOfOne), InputError);
}

TEST(ItemStatisticsTest, HistogramsAndWhatAnAssetSaysGoToo)
{
    Json item = item_of_two_bands();
    item["asset_templates"]["tiles"]["statistics"] = {{"minimum", 1}};
    item["asset_templates"]["tiles"]["raster:bands"][1]["histogram"] = {{"count", 256}};
    EXPECT_TRUE(drop_statistics(item));
    EXPECT_EQ(item, item_of_two_bands());
}

TEST(ItemStatisticsTest, WhatIsNoItemIsLeftAlone)
{
    for (const char *text : {"{}", "[]", "3", R"({"properties": 1, "asset_templates": [1, {"bands": 7}]})"})
    {
        Json item = Json::parse(text);
        EXPECT_FALSE(drop_statistics(item)) << text;
        EXPECT_EQ(item, Json::parse(text));
    }
}

} // namespace tiledir::stac
