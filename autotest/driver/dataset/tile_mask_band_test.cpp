#include "autotest/driver/registered_driver.h"

namespace tiledir::driver
{

namespace
{

/// "map": 300 x 300 bytes without nodata, of which those from column 256 on are masked.
class TileMaskBandTest : public RegisteredDriverTest
{
protected:
    TileMaskBandTest()
    {
        raster::fixtures::RasterSpec spec;
        spec.width = spec.height = 300;
        spec.type = GDT_Byte;
        spec.value = [](int, int, int) { return 0; };
        spec.mask = [](int col, int row) { return col < 256 && row > 0; };
        const auto source = raster::fixtures::make_raster(path("a.tif"), spec);
        source->FlushCache();
        copy(*source, "map");
    }
    static int valid(GDALRasterBand &band, int col, int row)
    {
        unsigned char value = 77;
        EXPECT_EQ(band.GetMaskBand()->RasterIO(GF_Read, col, row, 1, 1, &value, 1, 1, GDT_Byte, 0, 0, nullptr),
                  CE_None);
        return value;
    }
};

} // namespace

TEST_F(TileMaskBandTest, SaysWhereTilesAreAndWhatTheirMasksSay)
{
    const auto map = open("map");
    ASSERT_NE(map, nullptr);
    GDALRasterBand &band = *map->GetRasterBand(1);
    EXPECT_EQ(band.GetMaskFlags(), GMF_PER_DATASET);
    EXPECT_TRUE(band.GetMaskBand()->IsMaskBand());
    EXPECT_EQ(valid(band, 5, 5), 255);
    EXPECT_EQ(valid(band, 5, 0), 0);
    EXPECT_FALSE(is_there("map/1/0/1.tif"));
    EXPECT_EQ(valid(band, 299, 5), 0) << "there is no tile";
}

TEST_F(TileMaskBandTest, HasTheOverviewsOfItsBand)
{
    const auto map = open("map");
    GDALRasterBand &mask = *map->GetRasterBand(1)->GetMaskBand();
    ASSERT_EQ(mask.GetOverviewCount(), 1);
    EXPECT_EQ(mask.GetOverview(0)->GetXSize(), 150);
    EXPECT_EQ(mask.GetOverview(1), nullptr);
    EXPECT_EQ(valid(*map->GetRasterBand(1)->GetOverview(0), 5, 5), 255);
    EXPECT_EQ(valid(*map->GetRasterBand(1)->GetOverview(0), 149, 5), 0);
}

TEST_F(TileMaskBandTest, PixelsThatAreGivenAreValidFromThenOn)
{
    auto map = open("map", {}, GDAL_OF_UPDATE);
    unsigned char value = 9;
    EXPECT_EQ(map->GetRasterBand(1)->RasterIO(GF_Write, 299, 5, 1, 1, &value, 1, 1, GDT_Byte, 0, 0, nullptr), CE_None);
    EXPECT_EQ(valid(*map->GetRasterBand(1), 299, 5), 255);
    map.reset();
    EXPECT_EQ(valid(*open("map")->GetRasterBand(1), 299, 5), 255);
    EXPECT_EQ(valid(*open("map")->GetRasterBand(1), 298, 5), 0);
}

TEST_F(TileMaskBandTest, TheMaskItselfMayBeGiven)
{
    auto map = open("map", {}, GDAL_OF_UPDATE);
    unsigned char value = 0;
    EXPECT_EQ(
        map->GetRasterBand(1)->GetMaskBand()->RasterIO(GF_Write, 7, 7, 1, 1, &value, 1, 1, GDT_Byte, 0, 0, nullptr),
        CE_None);
    map.reset();
    EXPECT_EQ(valid(*open("map")->GetRasterBand(1), 7, 7), 0);
    EXPECT_EQ(valid(*open("map")->GetRasterBand(1), 8, 7), 255);
}

TEST_F(TileMaskBandTest, NodataTellsInPlaceOfAMask)
{
    raster::fixtures::RasterSpec spec;
    spec.width = spec.height = 300;
    spec.nodata = 0;
    copy(*raster::fixtures::make_raster(path("b.tif"), spec), "other");
    const auto other = open("other", {}, GDAL_OF_UPDATE);
    EXPECT_EQ(other->GetRasterBand(1)->GetMaskFlags(), GMF_NODATA);
    EXPECT_EQ(valid(*other->GetRasterBand(1), 0, 0), 0);
    EXPECT_EQ(valid(*other->GetRasterBand(1), 1, 0), 255);
}

} // namespace tiledir::driver
