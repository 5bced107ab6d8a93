#include "driver/raster/tile/known_formats.h"
#include "driver/raster/tile/lossy_format.h"

#include <gdal_priv.h>
#include <gtest/gtest.h>

namespace tiledir::raster
{

namespace
{

TileFormat with(const std::string &driver, const std::map<std::string, std::string> &options)
{
    TileFormat format;
    format.driver = driver;
    format.options = options;
    return format;
}

} // namespace

/// GDAL itself tells which of its formats are.
TEST(KnownFormats, AreWhatTheirDriversSayOfThemselves)
{
    GDALAllRegister();
    for (const KnownFormat &format : known_formats())
    {
        GDALDriver *const driver = GetGDALDriverManager()->GetDriverByName(format.driver.c_str());
        ASSERT_NE(driver, nullptr) << format.driver;
        if (const char *said = driver->GetMetadataItem(GDAL_DMD_MIMETYPE)) // COG says nothing
        {
            const std::string media_type = said;
            EXPECT_EQ(format.media_type.substr(0, format.media_type.find(';')),
                      media_type.substr(0, media_type.find(';')));
        }
        EXPECT_EQ(known_format(format.driver).driver, format.driver);
    }
}

TEST(KnownFormats, AFormatThatIsNotKnownHasItsName)
{
    EXPECT_EQ(known_format("AAIGrid").driver, "AAIGrid");
    EXPECT_TRUE(known_format("AAIGrid").standard_compression.empty());
    EXPECT_EQ(known_format("COG").standard_compression, "DEFLATE");
}

TEST(KnownFormats, LossFollowsTheOptions)
{
    EXPECT_FALSE(is_lossy(with("GTiff", {{"COMPRESS", "DEFLATE"}})));
    EXPECT_FALSE(is_lossy(with("PNG", {})));
    EXPECT_TRUE(is_lossy(with("JPEG", {})));
    EXPECT_TRUE(is_lossy(with("WEBP", {})));
    EXPECT_FALSE(is_lossy(with("WEBP", {{"lossless", "true"}})));
    EXPECT_TRUE(is_lossy(with("GTiff", {{"compress", "jpeg"}})));
    EXPECT_TRUE(is_lossy(with("COG", {{"COMPRESS", "WEBP"}})));
    EXPECT_FALSE(is_lossy(with("COG", {{"COMPRESS", "WEBP"}, {"WEBP_LOSSLESS", "YES"}})));
    EXPECT_FALSE(is_lossy(with("GTiff", {{"COMPRESS", "LERC"}})));
    EXPECT_TRUE(is_lossy(with("GTiff", {{"COMPRESS", "LERC_DEFLATE"}, {"MAX_Z_ERROR", "0.5"}})));
    EXPECT_TRUE(is_lossy(with("GTiff", {{"NBITS", "7"}})));
    EXPECT_TRUE(is_lossy(with("JP2OpenJPEG", {})));
}

TEST(KnownFormats, OnlyWhatBlursIsWarnedOf)
{
    const auto warning = [](TileFormat format)
    {
        format.nodata = 0;
        return blurred_nodata(format);
    };
    EXPECT_EQ(warning(with("GTiff", {{"NBITS", "7"}})), "");
    EXPECT_EQ(warning(with("GTiff", {{"COMPRESS", "DEFLATE"}})), "");
    EXPECT_EQ(warning(with("GTiff", {{"COMPRESS", "JPEG"}})),
              "nodata is not kept apart from data in lossy tiles (COMPRESS=JPEG): pixels beside it blur");
    EXPECT_NE(warning(with("WEBP", {})), "");
}

} // namespace tiledir::raster
