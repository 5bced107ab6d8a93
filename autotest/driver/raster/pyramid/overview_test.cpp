// Expected pixels come from GDAL: BuildOverviews, as gdaladdo calls it, on a GTiff with the same pixels.
#include "driver/raster/pyramid/overview.h"

#include "stac/error.h"

#include <cpl_vsi.h>
#include <gdal_priv.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

namespace tiledir::raster
{

namespace
{

constexpr int kSize = 512;

struct OverviewCase
{
    Resampling resampling;
    GDALDataType type;
    std::optional<double> nodata;
    int bands;
};

std::string case_name(const testing::TestParamInfo<OverviewCase> &info)
{
    const auto &[resampling, type, nodata, bands] = info.param;
    const std::string nodata_text = !nodata               ? "None"
                                    : std::isnan(*nodata) ? "NaN"
                                                          : std::to_string(std::abs(static_cast<int>(*nodata)));
    return std::string(name(resampling)) + GDALGetDataTypeName(type) + "Nodata" + nodata_text + "Bands" +
           std::to_string(bands);
}

/// Smooth and rough parts, nodata in single pixels, in blocks, in whole quarters.
PixelBlock pixels_of(const OverviewCase &wanted)
{
    std::mt19937 random(7);
    const double hole = wanted.nodata.value_or(0);
    PixelBlock block(kSize, kSize, wanted.bands, wanted.type);
    for (int band = 0; band < wanted.bands; ++band)
    {
        for (int row = 0; row < kSize; ++row)
        {
            for (int col = 0; col < kSize; ++col)
            {
                const bool quarter = row < kSize / 2 && col < kSize / 2;
                const bool holed = quarter || (row % 32 < 5 && col % 64 < 9) || random() % 7 == 0;
                const double fine = row < 300 ? random() % 256 : (row * 3 + col + 50 * band) % 251;
                const double value = holed ? hole : wanted.type == GDT_Float32 ? fine + 0.37 : fine;
                GDALCopyWords(&value, GDT_Float64, 0,
                              block.data(band, row) + static_cast<std::size_t>(col) * block.pixel_size(), wanted.type,
                              0, 1);
            }
        }
    }
    return block;
}

PixelBlock gdal_overview(PixelBlock base, const OverviewCase &wanted, int ratio)
{
    const char *path = "/vsimem/overview_test.tif";
    const char *const options[] = {"TILED=YES", nullptr};
    GDALDriver *driver = GetGDALDriverManager()->GetDriverByName("GTiff");
    PixelBlock overview(kSize / ratio, kSize / ratio, wanted.bands, wanted.type);
    GDALDatasetUniquePtr file(driver->Create(path, kSize, kSize, wanted.bands, wanted.type, options));
    if (wanted.nodata)
    {
        file->GetRasterBand(1)->SetNoDataValue(*wanted.nodata);
    }
    EXPECT_EQ(file->RasterIO(GF_Write, 0, 0, kSize, kSize, base.data(), kSize, kSize, wanted.type, wanted.bands,
                             nullptr, 0, 0, 0, nullptr),
              CE_None);
    EXPECT_EQ(file->BuildOverviews(name(wanted.resampling), 1, &ratio, 0, nullptr, nullptr, nullptr, nullptr), CE_None);
    for (int band = 0; band < wanted.bands; ++band)
    {
        EXPECT_EQ(file->GetRasterBand(band + 1)->GetOverview(0)->RasterIO(GF_Read, 0, 0, kSize / ratio, kSize / ratio,
                                                                          overview.data(band), kSize / ratio,
                                                                          kSize / ratio, wanted.type, 0, 0, nullptr),
                  CE_None);
    }
    file.reset();
    VSIUnlink(path);
    return overview;
}

class OverviewEqualsGdaladdo : public testing::TestWithParam<OverviewCase>
{
protected:
    void SetUp() override { GDALAllRegister(); }
};

std::vector<OverviewCase> cases()
{
    const double nan = std::numeric_limits<double>::quiet_NaN();
    std::vector<OverviewCase> all;
    for (const Resampling resampling : {Resampling::Average, Resampling::Nearest, Resampling::Mode, Resampling::Rms})
    {
        all.push_back({resampling, GDT_Byte, 0, 1});
        all.push_back({resampling, GDT_Byte, 255, 1});
        all.push_back({resampling, GDT_Byte, std::nullopt, 3});
        all.push_back({resampling, GDT_Int16, -32768, 1});
        all.push_back({resampling, GDT_Int16, 0, 2});
        all.push_back({resampling, GDT_UInt16, 0, 1});
        all.push_back({resampling, GDT_Float32, nan, 1});
        all.push_back({resampling, GDT_Float32, -9999, 2});
        all.push_back({resampling, GDT_Float32, std::nullopt, 1});
    }
    return all;
}

TEST_P(OverviewEqualsGdaladdo, BitForBit)
{
    const PixelBlock base = pixels_of(GetParam());
    for (const int ratio : {2, 4})
    {
        const PixelBlock ours = make_overview(base, ratio, GetParam().resampling, GetParam().nodata);
        const PixelBlock expected = gdal_overview(base, GetParam(), ratio);
        ASSERT_EQ(ours.size(), expected.size());
        std::size_t different = 0;
        for (std::size_t i = 0; i < ours.size(); i += ours.pixel_size())
        {
            different += std::memcmp(ours.data() + i, expected.data() + i, ours.pixel_size()) == 0 ? 0 : 1;
        }
        EXPECT_EQ(different, 0u) << "ratio " << ratio;
    }
}

/// Blocks without a nodata pixel, whose averages may still be the nodata value.
TEST_P(OverviewEqualsGdaladdo, BitForBitWhereAllPixelsAreValid)
{
    for (const double nodata : {0.0, 255.0, 100.0})
    {
        OverviewCase wanted = GetParam();
        wanted.nodata = nodata;
        PixelBlock base(kSize, kSize, wanted.bands, wanted.type);
        std::mt19937 random(11);
        for (std::size_t i = 0; i < base.size() / base.pixel_size(); ++i)
        {
            double value = nodata == 100 ? 90 + random() % 20 : 1 + random() % 253;
            value += value == nodata ? 1 : 0;
            GDALCopyWords(&value, GDT_Float64, 0, base.data() + i * base.pixel_size(), wanted.type, 0, 1);
        }
        const PixelBlock ours = make_overview(base, 2, wanted.resampling, nodata);
        const PixelBlock expected = gdal_overview(base, wanted, 2);
        EXPECT_EQ(std::memcmp(ours.data(), expected.data(), expected.size()), 0) << "nodata " << nodata;
    }
}

INSTANTIATE_TEST_SUITE_P(Kernels, OverviewEqualsGdaladdo, testing::ValuesIn(cases()), case_name);

TEST(Overview, OfTilesSideBySideIsTheOverviewOfTheWhole)
{
    GDALAllRegister();
    const OverviewCase wanted = {Resampling::Average, GDT_Byte, 0, 1};
    const PixelBlock base = pixels_of(wanted);
    const PixelBlock whole = make_overview(base, 2, wanted.resampling, wanted.nodata);
    PixelBlock joined(kSize / 2, kSize / 2, 1, GDT_Byte);
    for (int row = 0; row < kSize; row += 128)
    {
        for (int col = 0; col < kSize; col += 128)
        {
            PixelBlock part(128, 128, 1, GDT_Byte);
            part.paste(base, col, row, 128, 128, 0, 0);
            joined.paste(make_overview(part, 2, wanted.resampling, wanted.nodata), 0, 0, 64, 64, col / 2, row / 2);
        }
    }
    EXPECT_EQ(std::memcmp(joined.data(), whole.data(), whole.size()), 0);
}

TEST(Overview, OfAnOddNumberOfPixelsIsRefused)
{
    EXPECT_THROW(make_overview(PixelBlock(255, 256, 1, GDT_Byte), 2, Resampling::Average, 0), TileError);
}

} // namespace

} // namespace tiledir::raster
