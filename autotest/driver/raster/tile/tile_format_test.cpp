#include "driver/raster/tile/tile_format.h"

#include "stac/error.h"

#include <gdal_priv.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>

namespace tiledir::raster
{

namespace
{

class TileFormatTest : public testing::Test
{
protected:
    void SetUp() override { GDALAllRegister(); }

    static std::string message_of(const std::function<void()> &work)
    {
        try
        {
            work();
        }
        catch (const InputError &error)
        {
            return error.what();
        }
        return "nothing was thrown";
    }
};

} // namespace

TEST_F(TileFormatTest, NamesAreTakenInAnyCase)
{
    EXPECT_EQ(format_driver("gtiff"), "GTiff");
    EXPECT_EQ(format_driver("PNG"), "PNG");
    EXPECT_EQ(format_driver("jpeg"), "JPEG");
    EXPECT_EQ(format_driver("Cog"), "COG");
}

TEST_F(TileFormatTest, AnUnknownNameIsAnsweredWithTheNearest)
{
    EXPECT_EQ(message_of([] { format_driver("GTif"); }),
              "format: GTif is unknown to GDAL; the nearest known one is GTiff");
    EXPECT_NE(message_of([] { format_driver("jepg"); }).find("JPEG"), std::string::npos);
}

TEST_F(TileFormatTest, ADriverThatOnlyReadsOrHasNoRastersIsRefused)
{
    EXPECT_NE(message_of([] { format_driver("AIG"); }).find("cannot write rasters"), std::string::npos);
    EXPECT_NE(message_of([] { format_driver("GeoJSON"); }).find("cannot write rasters"), std::string::npos);
}

TEST_F(TileFormatTest, ExtensionsAndMediaTypesAreThoseInUse)
{
    EXPECT_EQ(format_extension("GTiff"), "tif");
    EXPECT_EQ(format_extension("COG"), "tif");
    EXPECT_EQ(format_extension("PNG"), "png");
    EXPECT_EQ(format_extension("JPEG"), "jpg");
    EXPECT_EQ(format_media_type("GTiff"), "image/tiff; application=geotiff");
    EXPECT_EQ(format_media_type("COG"), "image/tiff; application=geotiff; profile=cloud-optimized");
    EXPECT_EQ(format_media_type("PNG"), "image/png");
    EXPECT_EQ(format_media_type("JPEG"), "image/jpeg");
}

TEST_F(TileFormatTest, WhatADriverCanHoldIsAccepted)
{
    TileFormat format;
    format.options = {{"compress", "DEFLATE"}, {"ZLEVEL", "1"}};
    EXPECT_NO_THROW(check_format(format));
    format.type = GDT_CFloat64;
    format.bands = 200;
    EXPECT_NO_THROW(check_format(format));
    format = {};
    format.driver = "PNG";
    format.type = GDT_UInt16;
    EXPECT_NO_THROW(check_format(format));
}

TEST_F(TileFormatTest, WhatADriverCannotHoldIsRefused)
{
    TileFormat format;
    format.driver = "PNG";
    format.type = GDT_Float32;
    EXPECT_EQ(message_of([&] { check_format(format); }), "data type: PNG cannot hold Float32; it holds Byte UInt16");
    format.type = GDT_Byte;
    format.bands = 5;
    EXPECT_EQ(message_of([&] { check_format(format); }), "format: PNG holds 1 to 4 bands, not 5");
    format = {};
    format.options = {{"COMPRES", "DEFLATE"}};
    EXPECT_EQ(message_of([&] { check_format(format); }),
              "options: GTiff has no creation option COMPRES; the nearest known one is COMPRESS");
}

TEST_F(TileFormatTest, EqualityTakesNanForNan)
{
    TileFormat one;
    TileFormat other;
    EXPECT_EQ(one, other);
    one.nodata = std::numeric_limits<double>::quiet_NaN();
    EXPECT_FALSE(one == other);
    other.nodata = one.nodata;
    EXPECT_EQ(one, other);
    other.nodata = 0;
    EXPECT_FALSE(one == other);
}

} // namespace tiledir::raster
