#include "driver/raster/tile/tile_codec.h"

#include "driver/raster/tile/tile_decoder.h"

#include "stac/error.h"

#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal_priv.h>
#include <gtest/gtest.h>
#include <ogr_spatialref.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <thread>

namespace tiledir::raster
{

namespace
{

const stac::Bounds kBounds = {-9412000.25, 4320000.5, -9411000.75, 4321000.125};

std::string wkt_of(int epsg)
{
    OGRSpatialReference crs;
    EXPECT_EQ(crs.importFromEPSG(epsg), OGRERR_NONE);
    char *wkt = nullptr;
    EXPECT_EQ(crs.exportToWkt(&wkt), OGRERR_NONE);
    std::string text = wkt;
    CPLFree(wkt);
    return text;
}

/// A smooth slope with some noise.
PixelBlock pixels_of(const TileFormat &format, unsigned seed = 1)
{
    std::mt19937 random(seed);
    PixelBlock block(format.width, format.height, format.bands, format.type);
    const std::size_t pixels = block.size() / block.pixel_size();
    for (std::size_t i = 0; i < pixels; ++i)
    {
        const double value = static_cast<double>(i / 50 % 200 + random() % 3 + seed);
        GDALCopyWords(&value, GDT_Float64, 0, block.data() + i * block.pixel_size(), format.type, 0, 1);
    }
    return block;
}

bool same(const PixelBlock &a, const PixelBlock &b)
{
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0;
}

int files_in_memory()
{
    const CPLStringList files(VSIReadDirRecursive("/vsimem/"));
    return files.Count();
}

class TileCodecTest : public testing::Test
{
protected:
    void SetUp() override
    {
        GDALAllRegister();
        m_files_before = files_in_memory();
    }
    void TearDown() override { EXPECT_EQ(files_in_memory(), m_files_before) << "files are left in /vsimem/"; }

    PixelBlock decode(const store::Bytes &bytes, const TileFormat &format)
    {
        return decode_tile(bytes, "out/5/1/2.x", format.width, format.height, format.bands, format.type);
    }
    std::string failure(const store::Bytes &bytes, int width, int height, int bands)
    {
        try
        {
            decode_tile(bytes, "out/5/1/2.x", width, height, bands, GDT_Byte);
        }
        catch (const TileError &error)
        {
            return error.what();
        }
        return "nothing was thrown";
    }

    int m_files_before = 0;
};

/// The file as GDAL writes it, given the same options.
store::Bytes written_by_gdal(const TileFormat &format, const PixelBlock &pixels)
{
    const char *path = "/vsimem/tile_codec_test.tif";
    CPLStringList options;
    for (const auto &[option, value] : format.options)
    {
        options.SetNameValue(option.c_str(), value.c_str());
    }
    options.SetNameValue("BLOCKYSIZE", std::to_string(format.height).c_str());
    GDALDriver *driver = GetGDALDriverManager()->GetDriverByName("GTiff");
    GDALDatasetUniquePtr file(
        driver->Create(path, format.width, format.height, format.bands, format.type, options.List()));
    double geotransform[6] = {kBounds.min_x,
                              (kBounds.max_x - kBounds.min_x) / format.width,
                              0,
                              kBounds.max_y,
                              0,
                              -(kBounds.max_y - kBounds.min_y) / format.height};
    GDALSetGeoTransform(file.get(), geotransform);
    OGRSpatialReference crs;
    crs.importFromWkt(format.crs_wkt.c_str());
    crs.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    file->SetSpatialRef(&crs);
    if (format.nodata)
    {
        file->GetRasterBand(1)->SetNoDataValue(format.nodata->number());
    }
    PixelBlock copy = pixels;
    EXPECT_EQ(file->RasterIO(GF_Write, 0, 0, format.width, format.height, copy.data(), format.width, format.height,
                             format.type, format.bands, nullptr, 0, 0, 0, nullptr),
              CE_None);
    file.reset();
    vsi_l_offset size = 0;
    const GByte *data = VSIGetMemFileBuffer(path, &size, FALSE);
    store::Bytes bytes(data, data + size);
    VSIUnlink(path);
    return bytes;
}

TEST_F(TileCodecTest, GdalReadsPlaceCrsNodataAndPixelsOfAGeotiff)
{
    TileFormat format;
    format.options = {{"COMPRESS", "DEFLATE"}};
    format.crs_wkt = wkt_of(3857);
    format.nodata = 0;
    for (const unsigned seed : {1u, 2u})
    {
        const PixelBlock pixels = pixels_of(format, seed);
        store::Bytes bytes = encode_tile(format, pixels, kBounds);
        const char *path = "/vsimem/read_back.tif";
        VSIFCloseL(VSIFileFromMemBuffer(path, bytes.data(), bytes.size(), FALSE));
        GDALDatasetUniquePtr file(GDALDataset::Open(path));
        ASSERT_NE(file, nullptr);
        double geotransform[6] = {};
        ASSERT_EQ(GDALGetGeoTransform(file.get(), geotransform), CE_None);
        EXPECT_DOUBLE_EQ(geotransform[0], kBounds.min_x);
        EXPECT_DOUBLE_EQ(geotransform[3], kBounds.max_y);
        EXPECT_DOUBLE_EQ(geotransform[0] + 256 * geotransform[1], kBounds.max_x);
        EXPECT_DOUBLE_EQ(geotransform[3] + 256 * geotransform[5], kBounds.min_y);
        EXPECT_STREQ(file->GetSpatialRef()->GetAuthorityCode(nullptr), "3857");
        EXPECT_EQ(file->GetRasterBand(1)->GetNoDataValue(), 0);
        PixelBlock read(256, 256, 1, GDT_Byte);
        ASSERT_EQ(
            file->RasterIO(GF_Read, 0, 0, 256, 256, read.data(), 256, 256, GDT_Byte, 1, nullptr, 0, 0, 0, nullptr),
            CE_None);
        EXPECT_TRUE(same(read, pixels));
        file.reset();
        VSIUnlink(path);
    }
}

TEST_F(TileCodecTest, BytesAreThoseThatGdalWrites)
{
    struct Case
    {
        GDALDataType type;
        int size;
        int bands;
        std::optional<double> nodata;
        std::map<std::string, std::string> options;
    };
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const Case cases[] = {{GDT_Byte, 256, 1, 0, {{"COMPRESS", "DEFLATE"}}},
                          {GDT_Byte, 256, 1, std::nullopt, {{"COMPRESS", "DEFLATE"}, {"ZLEVEL", "1"}}},
                          {GDT_Byte, 16, 1, 0, {{"COMPRESS", "DEFLATE"}}},
                          {GDT_Byte, 256, 1, 0, {{"COMPRESS", "DEFLATE"}, {"PREDICTOR", "2"}}},
                          {GDT_Int16, 256, 1, -32768, {{"COMPRESS", "DEFLATE"}, {"PREDICTOR", "2"}, {"ZLEVEL", "9"}}},
                          {GDT_Float32, 512, 1, nan, {{"COMPRESS", "DEFLATE"}}},
                          {GDT_Float32, 256, 1, -9999, {{"COMPRESS", "DEFLATE"}, {"PREDICTOR", "3"}}},
                          {GDT_Float64, 256, 1, std::nullopt, {{"COMPRESS", "DEFLATE"}}},
                          {GDT_Byte, 256, 3, std::nullopt, {{"COMPRESS", "DEFLATE"}}},
                          {GDT_Byte, 256, 1, 0, {{"COMPRESS", "LZW"}}},
                          {GDT_UInt16, 256, 2, 0, {}}};
    for (const Case &wanted : cases)
    {
        for (const int epsg : {3857, 4326, 32616})
        {
            TileFormat format;
            format.type = wanted.type;
            format.width = format.height = wanted.size;
            format.bands = wanted.bands;
            format.nodata = wanted.nodata;
            format.options = wanted.options;
            format.crs_wkt = wkt_of(epsg);
            const PixelBlock pixels = pixels_of(format, 3);
            EXPECT_EQ(encode_tile(format, pixels, kBounds), written_by_gdal(format, pixels))
                << GDALGetDataTypeName(wanted.type) << ' ' << wanted.size << " EPSG:" << epsg;
        }
    }
}

TEST_F(TileCodecTest, IncompressiblePixelsSurvive)
{
    for (const int size : {16, 64, 80, 256})
    {
        TileFormat format;
        format.options = {{"COMPRESS", "DEFLATE"}};
        format.width = format.height = size;
        format.crs_wkt = wkt_of(3857);
        PixelBlock pixels(size, size, 1, GDT_Byte);
        std::mt19937 random(5);
        for (std::size_t i = 0; i < pixels.size(); ++i)
        {
            pixels.data()[i] = static_cast<unsigned char>(random());
        }
        const store::Bytes bytes = encode_tile(format, pixels, kBounds);
        EXPECT_EQ(bytes, written_by_gdal(format, pixels)) << size;
        EXPECT_TRUE(same(decode(bytes, format), pixels)) << size;
    }
}

TEST_F(TileCodecTest, EveryTypeSurvives)
{
    for (const GDALDataType type : {GDT_Byte, GDT_UInt16, GDT_Int16, GDT_UInt32, GDT_Int32, GDT_UInt64, GDT_Int64,
                                    GDT_Float32, GDT_Float64, GDT_CInt16, GDT_CFloat32, GDT_CFloat64})
    {
        TileFormat format;
        format.type = type;
        format.bands = 2;
        format.nodata = 7;
        format.options = {{"COMPRESS", "DEFLATE"}};
        const PixelBlock pixels = pixels_of(format);
        EXPECT_TRUE(same(decode(encode_tile(format, pixels, kBounds), format), pixels)) << GDALGetDataTypeName(type);
    }
}

TEST_F(TileCodecTest, OtherFormatsSurviveWithoutSideFiles)
{
    for (const char *driver : {"PNG", "COG", "JPEG", "WEBP"})
    {
        if (GetGDALDriverManager()->GetDriverByName(driver) == nullptr)
        {
            continue;
        }
        TileFormat format;
        format.driver = driver;
        format.bands = 3;
        format.crs_wkt = wkt_of(3857);
        format.nodata = 0;
        if (std::string(driver) == "WEBP")
        {
            format.options = {{"LOSSLESS", "YES"}};
        }
        const PixelBlock pixels = pixels_of(format);
        const PixelBlock read = decode(encode_tile(format, pixels, kBounds), format);
        ASSERT_EQ(read.size(), pixels.size());
        EXPECT_TRUE(same(read, pixels) || std::string(driver) == "JPEG") << driver;
    }
}

TEST_F(TileCodecTest, LargeTilesAreCutIntoBlocks)
{
    TileFormat format;
    format.width = format.height = 2048;
    format.options = {{"COMPRESS", "DEFLATE"}};
    store::Bytes bytes = encode_tile(format, PixelBlock(2048, 2048, 1, GDT_Byte), kBounds);
    VSIFCloseL(VSIFileFromMemBuffer("/vsimem/large.tif", bytes.data(), bytes.size(), FALSE));
    GDALDatasetUniquePtr file(GDALDataset::Open("/vsimem/large.tif"));
    int width = 0;
    int height = 0;
    file->GetRasterBand(1)->GetBlockSize(&width, &height);
    EXPECT_EQ(width, 512);
    EXPECT_EQ(height, 512);
    file.reset();
    VSIUnlink("/vsimem/large.tif");
}

TEST_F(TileCodecTest, ThreadsWriteTheSameBytes)
{
    TileFormat format;
    format.options = {{"COMPRESS", "DEFLATE"}};
    format.crs_wkt = wkt_of(3857);
    const PixelBlock pixels = pixels_of(format);
    std::vector<store::Bytes> results(4);
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (store::Bytes &result : results)
    {
        threads.emplace_back(
            [&]
            {
                for (int i = 0; i < 50; ++i)
                {
                    result = encode_tile(format, pixels, kBounds);
                }
            });
    }
    for (std::thread &thread : threads)
    {
        thread.join();
    }
    for (const store::Bytes &result : results)
    {
        EXPECT_EQ(result, results.front());
    }
}

TEST_F(TileCodecTest, PixelsAreConvertedAsGdalConverts)
{
    TileFormat format;
    format.type = GDT_Float32;
    PixelBlock pixels(256, 256, 1, GDT_Float32);
    pixels.row<float>(0, 0)[0] = 12.5F;
    pixels.row<float>(0, 0)[1] = 300;
    const PixelBlock read = decode_tile(encode_tile(format, pixels, kBounds), "t.tif", 256, 256, 1, GDT_Byte);
    EXPECT_EQ(read.data()[0], 13);
    EXPECT_EQ(read.data()[1], 255);
}

TEST_F(TileCodecTest, WhatIsNotTheTileIsAnErrorThatNamesThePath)
{
    const store::Bytes bytes = encode_tile(TileFormat(), PixelBlock(256, 256, 1, GDT_Byte), kBounds);
    EXPECT_EQ(failure(bytes, 512, 256, 1),
              "out/5/1/2.x: 256 x 256 pixels in 1 band where 512 x 256 pixels in 1 band are expected");
    EXPECT_EQ(failure(bytes, 256, 256, 3),
              "out/5/1/2.x: 256 x 256 pixels in 1 band where 256 x 256 pixels in 3 bands are expected");
    EXPECT_EQ(failure({}, 256, 256, 1), "out/5/1/2.x: is not a readable raster: the file is empty");
    const std::string page = "<html>no tile here</html>";
    EXPECT_EQ(failure({page.begin(), page.end()}, 256, 256, 1).find("out/5/1/2.x: is not a readable raster: "), 0u);
}

TEST_F(TileCodecTest, PixelsOfAnotherShapeThanTheFormatsAreRefused)
{
    EXPECT_THROW(encode_tile(TileFormat(), PixelBlock(256, 256, 2, GDT_Byte), kBounds), TileError);
}

class TruncatedTile : public TileCodecTest, public testing::WithParamInterface<std::pair<const char *, const char *>>
{
};

TEST_P(TruncatedTile, RaisesAnErrorOrGivesAllPixels)
{
    const auto &[driver, compression] = GetParam();
    if (GetGDALDriverManager()->GetDriverByName(driver) == nullptr)
    {
        GTEST_SKIP() << "this GDAL has no driver " << driver;
    }
    TileFormat format;
    format.driver = driver;
    format.bands = std::string(driver) == "WEBP" ? 3 : 1;
    format.crs_wkt = wkt_of(3857);
    if (*compression != '\0')
    {
        format.options = {{"COMPRESS", compression}};
    }
    const store::Bytes whole = encode_tile(format, pixels_of(format), kBounds);
    const PixelBlock pixels = decode(whole, format);
    const std::size_t step = std::max<std::size_t>(1, whole.size() / 400);
    for (std::size_t size = 0; size < whole.size(); size += size < 600 || whole.size() - size < 40 ? 1 : step)
    {
        try
        {
            const PixelBlock read = decode({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}, format);
            ASSERT_TRUE(same(read, pixels)) << driver << ": other pixels from " << size << " of " << whole.size();
        }
        catch (const TileError &error)
        {
            ASSERT_EQ(std::string(error.what()).find("out/5/1/2.x: "), 0u) << error.what();
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Formats, TruncatedTile,
                         testing::Values(std::make_pair("GTiff", "NONE"), std::make_pair("GTiff", "DEFLATE"),
                                         std::make_pair("GTiff", "LZW"), std::make_pair("GTiff", "PACKBITS"),
                                         std::make_pair("GTiff", "ZSTD"), std::make_pair("GTiff", "JPEG"),
                                         std::make_pair("COG", "DEFLATE"), std::make_pair("PNG", ""),
                                         std::make_pair("JPEG", ""), std::make_pair("WEBP", "")),
                         [](const auto &format) { return std::string(format.param.first) + format.param.second; });

} // namespace

} // namespace tiledir::raster
