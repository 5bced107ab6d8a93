#include "driver/item/item_properties.h"

#include <gtest/gtest.h>

namespace tiledir::driver
{

namespace
{

using Texts = std::map<std::string, std::string>;

Texts texts_of(const nlohmann::json &properties)
{
    return item_properties({{"type", "Feature"}, {"properties", properties}});
}

} // namespace

TEST(ItemProperties, AreTextsAsTheyAreAndOthersAsJson)
{
    EXPECT_EQ(
        texts_of({{"title", "A \"map\""}, {"eo:cloud_cover", 2.5}, {"gsd", 10}, {"list", {1, "b"}}, {"is", true}}),
        (Texts{
            {"title", "A \"map\""}, {"eo_cloud_cover", "2.5"}, {"gsd", "10"}, {"list", "[1,\"b\"]"}, {"is", "true"}}));
}

TEST(ItemProperties, OfGridPlaceAndTilesAreShownElsewhere)
{
    EXPECT_TRUE(
        texts_of({{"tiles:tile_matrix_links", {}}, {"proj:code", "EPSG:3857"}, {"tiledir:overviews", 1}}).empty());
}

TEST(ItemProperties, ThatNoListOfMetadataCouldHoldAreLeftOut)
{
    EXPECT_EQ(texts_of({{"a=b", 1},
                        {"a\nb", 1},
                        {"", 1},
                        {"nothing", nullptr},
                        {"empty", ""},
                        {"long", std::string(65537, 'x')},
                        {"kept", std::string(65536, 'x')}}),
              (Texts{{"kept", std::string(65536, 'x')}}));
}

TEST(ItemProperties, AreNoneWhereThereIsNoObjectOfThem)
{
    EXPECT_TRUE(item_properties(nullptr).empty());
    EXPECT_TRUE(item_properties({{"properties", {1, 2}}}).empty());
    EXPECT_TRUE(item_properties({{"type", "Feature"}}).empty());
}

} // namespace tiledir::driver
