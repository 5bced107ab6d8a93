#include "stac/item/item_merge.h"

#include <gtest/gtest.h>

namespace tiledir::stac
{

using Json = nlohmann::ordered_json;

namespace
{

Json item(const std::string &bbox, const std::string &limits)
{
    return Json::parse(R"({"bbox": )" + bbox +
                       R"(, "properties": {"tiles:tile_matrix_links": {"G": {"url": "#G", "limits": )" + limits +
                       "}}}}");
}

const char *const kOurs = R"({"1": {"min_tile_col": 2, "max_tile_col": 3, "min_tile_row": 4, "max_tile_row": 5}})";
const char *const kBeside = R"({"1": {"min_tile_col": 3, "max_tile_col": 6, "min_tile_row": 4, "max_tile_row": 4}})";

} // namespace

TEST(ItemMergeTest, LimitsAndBoxHoldWhatBothHave)
{
    const Json merged = merged_item(item("[0, 0, 1, 1]", kOurs), item("[0.5, 0, 2, 1]", kBeside));
    EXPECT_EQ(merged["bbox"], Json({0.0, 0.0, 2.0, 1.0}));
    EXPECT_EQ(merged["properties"]["tiles:tile_matrix_links"]["G"]["limits"]["1"],
              Json::parse(R"({"min_tile_col": 2, "max_tile_col": 6, "min_tile_row": 4, "max_tile_row": 5})"));
}

TEST(ItemMergeTest, ABoxOfThreeDimensionsIsOneOfTwo)
{
    const Json merged = merged_item(item("[0, 0, 1, 1]", kOurs), item("[0.5, 0, -100, 2, 1, 9000]", kBeside));
    EXPECT_EQ(merged["bbox"], Json({0.0, 0.0, 2.0, 1.0}));
    EXPECT_EQ(merged["geometry"]["type"], "Polygon");
}

TEST(ItemMergeTest, ALevelThatOnlyTheOtherHasStays)
{
    Json there = item("[0, 0, 1, 1]", kOurs);
    Json &limits = there["properties"]["tiles:tile_matrix_links"]["G"]["limits"];
    limits["0"] = limits["1"];
    const Json merged = merged_item(item("[0, 0, 1, 1]", kOurs), there);
    EXPECT_EQ(merged["properties"]["tiles:tile_matrix_links"]["G"]["limits"], limits);
}

} // namespace tiledir::stac
