#include "autotest/driver/dataset/map_of_two_bands.h"

#include <cmath>
#include <limits>

namespace tiledir::driver
{

namespace
{

using TileBandSetTest = MapOfTwoBandsTest;

} // namespace

TEST_F(TileBandSetTest, WhatIsSetForUpdateStandsInTheItem)
{
    auto tiles = map_for_update();
    ASSERT_NE(tiles, nullptr);
    GDALRasterBand *const band = tiles->GetRasterBand(2);
    band->SetDescription("depth");
    EXPECT_EQ(band->SetUnitType("km"), CE_None);
    EXPECT_EQ(band->SetScale(0.25), CE_None);
    EXPECT_EQ(band->SetOffset(7), CE_None);
    EXPECT_EQ(band->SetColorInterpretation(GCI_RedBand), CE_None);
    EXPECT_STREQ(band->GetOverview(0)->GetDescription(), "depth");
    EXPECT_STREQ(band->GetOverview(0)->GetUnitType(), "km");
    tiles.reset();
    const nlohmann::json told = band_of_item(2);
    EXPECT_EQ(told["description"], "depth");
    EXPECT_EQ(told["unit"], "km");
    EXPECT_EQ(told["raster:scale"], 0.25);
    EXPECT_EQ(told["raster:offset"], 7);
    EXPECT_EQ(told["eo:common_name"], "red");
    EXPECT_EQ(band_of_item(1)["description"], "height") << "the other band's stays";
    EXPECT_EQ(map()->GetRasterBand(2)->GetColorInterpretation(), GCI_RedBand);
}

TEST_F(TileBandSetTest, WhatTheItemSaysStaysWhereItIsOpenReadOnly)
{
    const auto tiles = map();
    GDALRasterBand *const band = tiles->GetRasterBand(1);
    const std::string item = path("map/stac.json") + ": ";
    EXPECT_EQ(refusal([&] { return band->SetUnitType("km"); }),
              item + "the band's unit is the item's; open it for update to change it");
    EXPECT_EQ(refusal([&] { return band->SetScale(2); }),
              item + "the band's scale is the item's; open it for update to change it");
    EXPECT_EQ(refusal([&] { return band->SetOffset(2); }),
              item + "the band's offset is the item's; open it for update to change it");
    EXPECT_EQ(told_by([&] { band->SetDescription("depth"); }),
              item + "the band's description is the item's; open it for update to change it");
    EXPECT_EQ(band->SetUnitType("m"), CE_None) << "as it is";
    EXPECT_EQ(band->SetScale(0.5), CE_None);
}

TEST_F(TileBandSetTest, WhatTheItemDoesNotSayIsKeptBesideIt)
{
    {
        const auto tiles = map();
        EXPECT_EQ(tiles->GetRasterBand(2)->SetUnitType("km"), CE_None);
        EXPECT_EQ(tiles->GetRasterBand(2)->SetScale(2), CE_None);
    }
    EXPECT_FALSE(band_of_item(2).contains("unit"));
    EXPECT_STREQ(map()->GetRasterBand(2)->GetUnitType(), "km");
    EXPECT_EQ(map()->GetRasterBand(2)->GetScale(), 2);
}

TEST_F(TileBandSetTest, NumbersThatNoJsonHoldsAreRefused)
{
    const auto tiles = map_for_update();
    EXPECT_EQ(refusal([&] { return tiles->GetRasterBand(1)->SetScale(std::numeric_limits<double>::infinity()); }),
              path("map/stac.json") + ": the band's scale: should be a number that is finite");
    EXPECT_EQ(tiles->GetRasterBand(1)->GetScale(), 0.5);
}

TEST_F(TileBandSetTest, WhatTilesDependOnStays)
{
    const auto tiles = map_for_update();
    GDALRasterBand *const band = tiles->GetRasterBand(1);
    const std::string nodata = path("map/stac.json") +
                               ": its nodata value stays: its tiles and overviews were made with it; gdal_translate "
                               "-of TileDir -co NODATA=VALUE makes a copy with another one";
    EXPECT_EQ(band->SetNoDataValue(-1), CE_None) << "as it is";
    EXPECT_EQ(refusal([&] { return band->SetNoDataValue(0); }), nodata);
    EXPECT_EQ(refusal([&] { return band->DeleteNoDataValue(); }), nodata);
    EXPECT_EQ(refusal([&] { return band->SetColorInterpretation(GCI_AlphaBand); }),
              path("map/stac.json") + ": which band is alpha stays: its tiles and overviews were made with it");
    EXPECT_EQ(band->GetNoDataValue(), -1);
}

} // namespace tiledir::driver
