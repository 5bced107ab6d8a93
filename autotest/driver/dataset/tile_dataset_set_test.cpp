#include "autotest/driver/dataset/map_of_two_bands.h"

namespace tiledir::driver
{

namespace
{

using TileDatasetSetTest = MapOfTwoBandsTest;

} // namespace

TEST_F(TileDatasetSetTest, TextsOfTheItemChangeThere)
{
    auto tiles = map_for_update();
    EXPECT_EQ(tiles->SetMetadataItem("TITLE", "Another"), CE_None);
    EXPECT_EQ(tiles->SetMetadataItem("datetime", "2025-01-01T00:00:00Z"), CE_None);
    EXPECT_EQ(tiles->SetMetadataItem("ID", "map"), CE_None) << "as it is";
    tiles.reset();
    EXPECT_EQ(item_of("map")["properties"]["title"], "Another");
    EXPECT_EQ(item_of("map")["properties"]["datetime"], "2025-01-01T00:00:00Z");
    map_for_update()->SetMetadataItem("TITLE", nullptr);
    EXPECT_FALSE(item_of("map")["properties"].contains("title"));
}

TEST_F(TileDatasetSetTest, WhatAnItemMustSayStays)
{
    const auto tiles = map_for_update();
    const std::string item = path("map/stac.json") + ": ";
    EXPECT_EQ(refusal([&] { return tiles->SetMetadataItem("ID", ""); }),
              item + "ID is the item's: it can be changed, not taken away");
    EXPECT_EQ(refusal([&] { return tiles->SetMetadataItem("DATETIME", "today"); }),
              item + "DATETIME: is 'today', should be as 2024-05-31T12:00:00Z");
    EXPECT_EQ(refusal([&] { return map()->SetMetadataItem("TITLE", "Another"); }),
              item + "TITLE is the item's; open it for update to change it");
    for (const char *domain : {"TILEDIR", "STAC", "IMAGE_STRUCTURE"})
    {
        EXPECT_EQ(refusal([&] { return tiles->SetMetadataItem("TEMPLATE", "x", domain); }),
                  item + "metadata domain " + domain + " tells of its tiles: it cannot be set");
    }
}

TEST_F(TileDatasetSetTest, AListOfMetadataLeavesWhatItDoesNotName)
{
    auto tiles = map_for_update();
    CPLStringList list;
    list.SetNameValue("AUTHOR", "me");
    list.SetNameValue("TITLE", "Another");
    EXPECT_EQ(tiles->SetMetadata(list.List()), CE_None);
    EXPECT_STREQ(tiles->GetMetadataItem("ID"), "map");
    EXPECT_STREQ(tiles->GetMetadataItem("DATETIME"), "2024-05-31T12:00:00Z");
    tiles.reset();
    EXPECT_EQ(item_of("map")["properties"]["title"], "Another");
    EXPECT_STREQ(map()->GetMetadataItem("AUTHOR"), "me");
}

TEST_F(TileDatasetSetTest, ThePlaceIsTheGrids)
{
    const auto tiles = map_for_update();
    std::array<double, 6> place{500000, 10, 0, 6000000, 0, -10};
    EXPECT_EQ(GDALSetGeoTransform(GDALDataset::ToHandle(tiles.get()), place.data()), CE_None) << "as it is";
    place[0] += 1e-6;
    EXPECT_EQ(GDALSetGeoTransform(GDALDataset::ToHandle(tiles.get()), place.data()), CE_None) << "nearly";
    place[0] += 1;
    EXPECT_EQ(refusal([&] { return GDALSetGeoTransform(GDALDataset::ToHandle(tiles.get()), place.data()); }),
              path("map/stac.json") +
                  ": its geotransform is that of its grid and stays; gdalwarp makes a dataset on another one");
    OGRSpatialReference crs;
    crs.importFromEPSG(32632);
    EXPECT_EQ(tiles->SetSpatialRef(&crs), CE_None);
    crs.importFromEPSG(3857);
    EXPECT_EQ(refusal([&] { return tiles->SetSpatialRef(&crs); }),
              path("map/stac.json") +
                  ": its CRS is that of its grid and stays; gdalwarp makes a dataset in another one");
    EXPECT_EQ(refusal([&] { return tiles->SetSpatialRef(nullptr); }).rfind(path("map/stac.json"), 0), 0U);
}

} // namespace tiledir::driver
