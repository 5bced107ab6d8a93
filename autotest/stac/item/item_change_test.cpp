#include "stac/item/item_change.h"

#include "stac/error.h"

#include <gtest/gtest.h>

namespace tiledir::stac
{

namespace
{

using Json = nlohmann::ordered_json;

ItemChange units(std::size_t band, const char *unit)
{
    ItemChange change;
    change.bands[band].unit = unit;
    return change;
}

Json item_with(const char *asset)
{
    return {{"id", "one"},
            {"properties", {{"title", "One"}, {"tiledir:format", {{"version", 1}}}}},
            {"asset_templates", {{"tiles", Json::parse(asset)}}}};
}

Json changed(Json item, const ItemChange &change)
{
    change_item(item, "tiles", 2, change);
    return item;
}

} // namespace

TEST(ItemChangeTest, AllElseStaysAsItIs)
{
    const Json item = item_with(R"({"href": "{z}.tif", "bands": [{"name": "a"}, {"name": "b", "more": 1}]})");
    Json expected = item;
    expected["asset_templates"]["tiles"]["bands"][1]["unit"] = "m";
    EXPECT_EQ(changed(item, units(1, "m")), expected);
    EXPECT_EQ(changed(item, {}), item);
}

TEST(ItemChangeTest, ABandIsChangedInEachListThatTellsIt)
{
    const Json asset = changed(item_with(R"({"bands": [{"raster:scale": 1}, {}], "raster:bands": [{"scale": 1}, {}]})"),
                               []
                               {
                                   ItemChange change;
                                   change.bands[0].scale = 2;
                                   return change;
                               }())["asset_templates"]["tiles"];
    EXPECT_EQ(asset, Json::parse(R"({"bands": [{"raster:scale": 2.0}, {}], "raster:bands": [{"scale": 2.0}, {}]})"));
}

TEST(ItemChangeTest, TheNameThatAMemberHasIsKept)
{
    ItemChange change;
    change.bands[0].scale = 2;
    change.bands[1].common_name = "red";
    const Json item = item_with(R"({"bands": [{"scale": 1}, {"common_name": "blue"}]})");
    EXPECT_EQ(changed(item, change)["asset_templates"]["tiles"],
              Json::parse(R"({"bands": [{"scale": 2.0}, {"common_name": "red"}]})"));
}

TEST(ItemChangeTest, WithoutAListBandsAreMade)
{
    EXPECT_EQ(changed(item_with("{}"), units(1, "m"))["asset_templates"]["tiles"],
              Json::parse(R"({"bands": [{}, {"unit": "m"}]})"));
}

TEST(ItemChangeTest, AnEmptyTextIsTakenAwayAndOverrulesWhatTheAssetSays)
{
    EXPECT_EQ(changed(item_with(R"({"bands": [{"unit": "m"}, {}]})"), units(0, ""))["asset_templates"]["tiles"],
              Json::parse(R"({"bands": [{}, {}]})"));
    EXPECT_EQ(
        changed(item_with(R"({"unit": "m", "bands": [{"unit": "km"}, {}]})"), units(0, ""))["asset_templates"]["tiles"],
        Json::parse(R"({"unit": "m", "bands": [{"unit": ""}, {}]})"));
    ItemChange change;
    change.texts["title"] = "";
    EXPECT_FALSE(changed(item_with("{}"), change)["properties"].contains("title"));
}

TEST(ItemChangeTest, TheIdIsTheItemsAndTheRestItsProperties)
{
    ItemChange change;
    change.texts = {{"id", "two"}, {"title", "Two"}};
    const Json item = changed(item_with("{}"), change);
    EXPECT_EQ(item["id"], "two");
    EXPECT_EQ(item["properties"]["title"], "Two");
    Json collection = {{"type", "Collection"}, {"title", "One"}};
    change_item(collection, "tiles", 2, change);
    EXPECT_EQ(collection, Json({{"type", "Collection"}, {"title", "Two"}, {"id", "two"}}));
}

TEST(ItemChangeTest, AnItemThatBecameAnotherOneIsRefused)
{
    Json item = item_with(R"({"bands": [{}, {}, {}]})");
    EXPECT_THROW(change_item(item, "tiles", 2, units(1, "m")), InputError);
    EXPECT_THROW(change_item(item, "others", 2, units(1, "m")), InputError);
    Json no_item = Json::array();
    EXPECT_THROW(change_item(no_item, "tiles", 2, units(1, "m")), InputError);
}

} // namespace tiledir::stac
