#include "driver/item/item_beginning.h"

#include <gtest/gtest.h>

namespace tiledir::driver
{

TEST(ItemBeginning, OfAnItemIsTakenWhereverTheBytesEnd)
{
    const std::string text = R"({"type": "Feature", "stac_version": "1.0.0", "id": "a", "geometry": null})";
    for (std::size_t size = 1; size <= text.size(); ++size)
    {
        EXPECT_TRUE(may_begin_item(text.substr(0, size))) << text.substr(0, size);
    }
}

TEST(ItemBeginning, MembersOfItemsAloneSettleIt)
{
    EXPECT_TRUE(may_begin_item(R"({"features": [], "stac_extensions": [)"));
    EXPECT_TRUE(may_begin_item(R"({"anything": 1, "asset_templates": {)"));
    EXPECT_TRUE(may_begin_item(R"({"anything": 1, "tiles:tile_matrix_sets": {)"));
    EXPECT_TRUE(may_begin_item(R"({"driver": {"format": "GTiff"}, "pyramid": {)")) << "mapchete's";
    EXPECT_FALSE(may_begin_item(R"({"features": [{"stac_version": "1.0.0"}], "name": "a")")) << "deeper down";
}

TEST(ItemBeginning, OtherJsonIsLeftToOthers)
{
    EXPECT_FALSE(may_begin_item(R"({"type": "FeatureCollection", "stac_version": "1.0.0")"));
    EXPECT_FALSE(may_begin_item(R"({"type": "Topology", "id": )"));
    EXPECT_FALSE(may_begin_item(R"({"version": 8, "layers": [)"));
    EXPECT_FALSE(may_begin_item(R"([{"type": "Feature"}])"));
    EXPECT_FALSE(may_begin_item("<html>"));
    EXPECT_FALSE(may_begin_item(""));
    EXPECT_FALSE(may_begin_item(" \n"));
}

TEST(ItemBeginning, AByteOrderMarkAndBlanksMayComeFirst)
{
    EXPECT_TRUE(may_begin_item("\xEF\xBB\xBF\r\n\t {\"type\": \"Collection\""));
}

/// GeoJSON of one feature: only its properties, or what else it has, tell.
TEST(ItemBeginning, AFeatureMayBeOneAsLongAsNothingElseIsSeen)
{
    EXPECT_TRUE(may_begin_item(R"({"type": "Feature", "properties": {"name": 1}, )"));
    EXPECT_FALSE(may_begin_item(R"({"type": "Feature", "crs": {"type": "name"}, )"));
}

} // namespace tiledir::driver
