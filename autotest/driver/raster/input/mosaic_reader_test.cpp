#include "driver/raster/input/mosaic_reader.h"

#include "autotest/driver/raster/gdal_rasters.h"
#include "autotest/driver/raster/input/opened_mosaic.h"
#include "stac/error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

using namespace tiledir;
using namespace tiledir::raster;
using namespace tiledir::raster::fixtures;

namespace
{

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

template <class T = float> std::vector<T> read_all(const std::shared_ptr<const Mosaic> &mosaic, int band = 0)
{
    MosaicReader reader(mosaic);
    PixelBlock block;
    reader.read({0, 0, mosaic->width(), mosaic->height()}, block,
                sizeof(T) == sizeof(double) ? GDT_Float64 : GDT_Float32);
    const T *pixels = block.row<T>(band, 0);
    return std::vector<T>(pixels, pixels + static_cast<std::size_t>(block.width()) * block.height());
}

template <class T> std::size_t differing(const std::vector<T> &one, const std::vector<T> &other)
{
    EXPECT_EQ(one.size(), other.size());
    std::size_t count = 0;
    for (std::size_t i = 0; i < one.size() && i < other.size(); ++i)
    {
        const bool both_nan = std::isnan(one[i]) && std::isnan(other[i]);
        count += both_nan || one[i] == other[i] ? 0 : 1;
    }
    return count;
}

/// What a VRT with that nodata value holds, its nodata as NaN.
std::vector<float> vrt_pixels(const std::vector<std::string> &paths, double nodata)
{
    const std::string text = CPLSPrintf("%.17g", nodata);
    const GDALDatasetUniquePtr vrt = build_vrt(paths, {"-vrtnodata", text});
    std::vector<float> pixels = band_pixels<float>(*vrt);
    for (float &pixel : pixels)
    {
        pixel = pixel == static_cast<float>(nodata) ? kNaN : pixel;
    }
    return pixels;
}

/// Each source over the others, none on whole pixels of the mosaic but the finest.
std::vector<std::string> misaligned(const std::string &prefix, std::optional<double> nodata)
{
    RasterSpec base;
    base.width = 20;
    base.height = 16;
    base.geotransform = {10, 1, 0, 50, 0, -1};
    base.nodata = nodata;
    RasterSpec shifted = base;
    shifted.geotransform = {15.3, 1, 0, 45.4, 0, -1};
    shifted.value = [](int, int col, int row) { return (col + row) % 5 == 0 ? -9999 : 1000 + 20 * row + col; };
    RasterSpec coarse = base;
    coarse.width = 7;
    coarse.height = 5;
    coarse.geotransform = {20.6, 2.5, 0, 52.2, 0, -2.5};
    coarse.value = [](int, int col, int row) { return 5000 + 20 * row + col; };
    return {write_raster(prefix + "_base.tif", base), write_raster(prefix + "_shifted.tif", shifted),
            write_raster(prefix + "_coarse.tif", coarse)};
}

} // namespace

TEST(MosaicReader, ReadsTheTwoHalvesAsTheirVrtDoes)
{
    const GDALDatasetUniquePtr vrt = build_vrt(jacksboro());
    EXPECT_EQ(differing(read_all(open_mosaic(jacksboro())), band_pixels<float>(*vrt)), 0U);
    EXPECT_EQ(differing(read_all<double>(open_mosaic(jacksboro())), band_pixels<double>(*vrt)), 0U);
}

TEST(MosaicReader, ReadsNeighbouringSrtmTilesInTheirZipsAsTheirVrtDoes)
{
    std::vector<std::string> paths;
    for (const char *tile : {"N53E027", "N53E028"})
    {
        const std::string zip = std::string(TILEDIR_SHARED_DATA "/dem/") + tile + ".hgt.zip";
        if (!exists(zip))
        {
            GTEST_SKIP() << zip << " is not here";
        }
        paths.push_back("/vsizip/" + zip + "/" + tile + ".hgt");
    }
    if (!exists(paths[0]))
    {
        GTEST_SKIP() << paths[0] << " is not in its zip";
    }
    const std::vector<float> expected = vrt_pixels(paths, -32768);
    EXPECT_EQ(differing(read_all(open_mosaic(paths)), expected), 0U);
}

TEST(MosaicReader, GivesTheSamePixelsInWhateverWindow)
{
    const auto paths = misaligned("reader_window", -9999);
    const auto mosaic = open_mosaic(paths);
    const std::vector<float> whole = read_all(mosaic);
    MosaicReader reader(mosaic);
    PixelBlock block;
    std::mt19937 random(7);
    const auto pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
    for (int i = 0; i < 300; ++i)
    {
        const stac::PixelWindow window{pick(mosaic->width() + 20) - 10, pick(mosaic->height() + 20) - 10, 1 + pick(20),
                                       1 + pick(20)};
        reader.read(window, block);
        for (int row = 0; row < block.height(); ++row)
        {
            for (int col = 0; col < block.width(); ++col)
            {
                const auto at_col = window.col + col;
                const auto at_row = window.row + row;
                const bool inside = at_col >= 0 && at_row >= 0 && at_col < mosaic->width() && at_row < mosaic->height();
                const float expected = inside ? whole[at_row * mosaic->width() + at_col] : kNaN;
                const float pixel = block.row<float>(0, row)[col];
                ASSERT_TRUE(pixel == expected || (std::isnan(pixel) && std::isnan(expected)))
                    << at_col << ", " << at_row;
            }
        }
    }
}

TEST(MosaicReader, ReadsMisalignedFilesOfTwoResolutionsAsTheirVrtDoes)
{
    EXPECT_EQ(differing(read_all(open_mosaic(misaligned("reader_nodata", -9999))),
                        vrt_pixels(misaligned("reader_nodata", -9999), -9999)),
              0U);
}

TEST(MosaicReader, MakesADeclaredNodataValueNaN)
{
    RasterSpec spec;
    spec.nodata = 12;
    const std::vector<float> pixels = read_all(open_mosaic({write_raster("reader_declared.tif", spec)}));
    EXPECT_EQ(differing(pixels, {0, 1, 2, 3, 10, 11, kNaN, 13, 20, 21, 22, 23, 30, 31, 32, 33}), 0U);
}

TEST(MosaicReader, PrefersTheNodataValueItIsGiven)
{
    RasterSpec spec;
    spec.nodata = 12;
    const std::vector<float> pixels = read_all(open_mosaic({write_raster("reader_given.tif", spec)}, 21));
    EXPECT_EQ(differing(pixels, {0, 1, 2, 3, 10, 11, 12, 13, 20, kNaN, 22, 23, 30, 31, 32, 33}), 0U);
}

TEST(MosaicReader, TellsNodataOfWideTypesBeforeItRoundsThem)
{
    RasterSpec spec;
    spec.width = 2;
    spec.height = 1;
    spec.type = GDT_Int32;
    spec.value = [](int, int col, int) { return col == 0 ? 16777216 : 16777217; };
    spec.nodata = 16777217;
    EXPECT_EQ(differing(read_all(open_mosaic({write_raster("reader_wide.tif", spec)})), {16777216, kNaN}), 0U);
}

TEST(MosaicReader, TakesTheSmallestFloatForNodataHoweverItIsWritten)
{
    RasterSpec spec;
    spec.width = 2;
    spec.height = 1;
    spec.type = GDT_Float32;
    spec.value = [](int, int col, int) { return col == 0 ? 5 : std::numeric_limits<float>::lowest(); };
    const std::string path = write_raster("reader_lowest.tif", spec);
    EXPECT_EQ(differing(read_all(open_mosaic({path}, -3.40282e+38)), {5, kNaN}), 0U);
    EXPECT_EQ(differing(read_all(open_mosaic({path}, -3.4028234663852886e+38)), {5, kNaN}), 0U);
}

TEST(MosaicReader, MakesWhatAMaskBandHidesNaN)
{
    RasterSpec spec;
    spec.width = 2;
    spec.height = 2;
    spec.mask = [](int col, int row) { return col != row; };
    EXPECT_EQ(differing(read_all(open_mosaic({write_raster("reader_mask.tif", spec)})), {kNaN, 1, 10, kNaN}), 0U);
}

TEST(MosaicReader, MakesWhatIsTransparentNaN)
{
    RasterSpec spec;
    spec.width = 3;
    spec.height = 1;
    spec.type = GDT_Byte;
    spec.bands = 2;
    spec.alpha = true;
    spec.value = [](int band, int col, int) { return band == 1 ? 40 + col : 100 * col; };
    EXPECT_EQ(differing(read_all(open_mosaic({write_raster("reader_alpha.tif", spec)})), {kNaN, 41, 42}), 0U);
}

TEST(MosaicReader, KeepsNaNOfFloatingPointFiles)
{
    RasterSpec spec;
    spec.width = 3;
    spec.height = 1;
    spec.type = GDT_Float32;
    spec.value = [](int, int col, int) { return col == 1 ? std::nan("") : 0.1F * static_cast<float>(col); };
    EXPECT_EQ(differing(read_all(open_mosaic({write_raster("reader_nan.tif", spec)})), {0, kNaN, 0.2F}), 0U);
}

TEST(MosaicReader, LetsLaterFilesCoverEarlierOnesButNotWithTheirNodata)
{
    RasterSpec below;
    RasterSpec above;
    above.width = 2;
    above.height = 2;
    above.geotransform = {1, 1, 0, -1, 0, -1};
    above.value = [](int, int col, int row) { return col == row ? 500 + col : 7; };
    above.nodata = 7;
    const std::vector<float> pixels =
        read_all(open_mosaic({write_raster("reader_below.tif", below), write_raster("reader_above.tif", above)}));
    EXPECT_EQ(differing(pixels, {0, 1, 2, 3, 10, 500, 12, 13, 20, 21, 501, 23, 30, 31, 32, 33}), 0U);
}

TEST(MosaicReader, LeavesNaNBetweenFilesThatDeclareNoNodata)
{
    RasterSpec west;
    west.width = 1;
    west.height = 1;
    RasterSpec east = west;
    east.geotransform = {2, 1, 0, 0, 0, -1};
    east.value = [](int, int, int) { return 9; };
    EXPECT_EQ(
        differing(read_all(open_mosaic({write_raster("reader_west.tif", west), write_raster("reader_east.tif", east)})),
                  {0, kNaN, 9}),
        0U);
}

TEST(MosaicReader, ReadsAllBandsEachWithItsOwnNodata)
{
    RasterSpec spec;
    spec.width = 2;
    spec.height = 1;
    spec.bands = 3;
    spec.value = [](int band, int col, int) { return 100 * band + col; };
    spec.nodata = 201;
    const auto mosaic = open_mosaic({write_raster("reader_bands.tif", spec)});
    EXPECT_EQ(differing(read_all(mosaic, 0), {100, 101}), 0U);
    EXPECT_EQ(differing(read_all(mosaic, 1), {200, kNaN}), 0U);
    EXPECT_EQ(differing(read_all(mosaic, 2), {300, 301}), 0U);
}

TEST(MosaicReader, ReadsMoreFilesThanItKeepsOpen)
{
    std::vector<std::string> paths;
    std::vector<float> expected;
    for (int i = 0; i < 150; ++i)
    {
        RasterSpec spec;
        spec.width = 1;
        spec.height = 1;
        spec.geotransform = {static_cast<double>(i), 1, 0, 0, 0, -1};
        spec.value = [i](int, int, int) { return i; };
        paths.push_back(write_raster(CPLSPrintf("reader_many_%d.tif", i), spec));
        expected.push_back(static_cast<float>(i));
    }
    const auto mosaic = open_mosaic(paths);
    MosaicReader reader(mosaic);
    PixelBlock block;
    for (int i = 0; i < 3; ++i)
    {
        reader.read({0, 0, 150, 1}, block);
        EXPECT_EQ(differing(std::vector<float>(block.row<float>(0, 0), block.row<float>(0, 0) + 150), expected), 0U);
    }
}

TEST(MosaicReader, NamesTheFileThatCannotBeRead)
{
    const std::string vanished = write_raster("reader_vanished.tif", {});
    RasterSpec other;
    other.geotransform = {4, 1, 0, 0, 0, -1};
    const auto mosaic = open_mosaic({write_raster("reader_present.tif", other), vanished});
    VSIUnlink(vanished.c_str());
    MosaicReader reader(mosaic);
    PixelBlock block;
    EXPECT_NO_THROW(reader.read({4, 0, 4, 4}, block));
    try
    {
        reader.read({0, 0, 8, 4}, block);
        FAIL();
    }
    catch (const TileError &error)
    {
        EXPECT_EQ(std::string(error.what()).rfind(vanished, 0), 0U) << error.what();
    }
}

TEST(MosaicReader, NamesTheFileThatIsTruncated)
{
    RasterSpec spec;
    spec.width = 64;
    spec.height = 64;
    const std::string path = write_raster("reader_truncated.tif", spec);
    const auto mosaic = open_mosaic({path});
    VSILFILE *file = VSIFOpenL(path.c_str(), "rb+");
    ASSERT_NE(file, nullptr);
    ASSERT_EQ(VSIFTruncateL(file, 600), 0);
    VSIFCloseL(file);
    MosaicReader reader(mosaic);
    PixelBlock block;
    try
    {
        reader.read({0, 0, 64, 64}, block);
        FAIL();
    }
    catch (const TileError &error)
    {
        EXPECT_EQ(std::string(error.what()).rfind(path, 0), 0U) << error.what();
    }
}

TEST(MosaicReader, ReadsAroundTheGlobe)
{
    RasterSpec spec;
    spec.width = 36;
    spec.height = 18;
    spec.geotransform = {-180, 10, 0, 90, 0, -10};
    const auto mosaic = open_mosaic({write_raster("globe.tif", spec)});
    EXPECT_EQ(mosaic->turn(), 36);
    MosaicReader reader(mosaic);
    PixelBlock block;
    for (const std::int64_t first : {-100, -1, 0, 30, 36, 70})
    {
        const stac::PixelWindow window{first, -1, 80, 20};
        reader.read(window, block);
        for (int row = 0; row < 20; ++row)
        {
            for (int col = 0; col < 80; ++col)
            {
                const auto on_globe = static_cast<int>((first + col + 3600) % 36);
                const float expected = static_cast<float>(spec.value(1, on_globe, row - 1));
                const float read = block.row<float>(0, row)[col];
                EXPECT_TRUE(row == 0 || row == 19 ? std::isnan(read) : read == expected) << first + col << ' ' << row;
            }
        }
    }
}

TEST(MosaicReader, RepeatsTheGlobeByATurnWhereColumnsAreThereTwice)
{
    // Pixel centres on whole degrees: the last column is the first one again.
    RasterSpec spec;
    spec.width = 37;
    spec.height = 1;
    spec.geotransform = {-185, 10, 0, 5, 0, -10};
    const auto mosaic = open_mosaic({write_raster("globe_of_centres.tif", spec)});
    EXPECT_EQ(mosaic->turn(), 36);
    MosaicReader reader(mosaic);
    PixelBlock block;
    reader.read({-2, 0, 42, 1}, block);
    const float *pixels = block.row<float>(0, 0);
    EXPECT_EQ(pixels[0], 34);
    EXPECT_EQ(pixels[1], 35);
    EXPECT_EQ(pixels[38], 36);
    EXPECT_EQ(pixels[39], 1);
    EXPECT_EQ(pixels[41], 3);
}

TEST(MosaicReader, MakesOfPixelsWhatTheirFileSays)
{
    RasterSpec spec;
    spec.nodata = 11;
    MosaicFile file = describe_file(write_raster("scaled.tif", spec), [](const std::string &path)
                                    { return GDALDatasetUniquePtr(GDALDataset::Open(path.c_str())); });
    file.factor = 0.1;
    file.summand = -3;
    const auto mosaic = std::make_shared<const Mosaic>(Mosaic::of({file}, std::nullopt));
    const std::vector<float> pixels = read_all(mosaic);
    for (int i = 0; i < 16; ++i)
    {
        const double raw = spec.value(1, i % 4, i / 4);
        EXPECT_TRUE(raw == 11 ? std::isnan(pixels[i]) : pixels[i] == static_cast<float>(0.1 * raw - 3)) << i;
    }
}

TEST(MosaicReader, BringsCoarserFilesToTheLatticeByTheirKernelAcrossTheirBorders)
{
    // A plane over x: what a kernel makes of it is the plane again, if no kernel ends where a file does.
    const auto open_file = [](const std::string &path)
    { return GDALDatasetUniquePtr(GDALDataset::Open(path.c_str())); };
    RasterSpec fine;
    fine.type = GDT_Float32;
    fine.width = 30;
    fine.height = 12;
    fine.value = [](int, int col, int) { return col + 0.5; };
    RasterSpec coarse = fine;
    coarse.width = 10;
    coarse.height = 4;
    coarse.geotransform = {30, 3, 0, 0, 0, -3};
    coarse.nodata = -9;
    coarse.value = [](int, int col, int row) { return col == 5 && row == 1 ? -9 : 30 + 3 * col + 1.5; };
    RasterSpec last = fine;
    last.geotransform[0] = 60;
    last.value = [](int, int col, int) { return 60 + col + 0.5; };
    for (const Resampling resampling : {Resampling::Bilinear, Resampling::Cubic})
    {
        std::vector<MosaicFile> files;
        for (const auto &[name, spec] :
             {std::pair("west.tif", fine), std::pair("middle.tif", coarse), std::pair("east.tif", last)})
        {
            files.push_back(describe_file(write_raster(name, spec), open_file));
            files.back().resampling = resampling;
        }
        const auto mosaic = std::make_shared<const Mosaic>(Mosaic::of(files, std::nullopt));
        const std::vector<float> pixels = read_all(mosaic);
        ASSERT_EQ(pixels.size(), 90U * 12U);
        for (int row = 0; row < 12; ++row)
        {
            for (int col = 0; col < 90; ++col)
            {
                const float pixel = pixels[static_cast<std::size_t>(row) * 90 + col];
                const bool at_gap = col >= 42 && col < 51 && row < 9;
                const bool is_gap = col >= 45 && col < 48 && row >= 3 && row < 6;
                EXPECT_EQ(std::isnan(pixel), is_gap) << col << ' ' << row;
                if (!at_gap)
                {
                    EXPECT_NEAR(pixel, col + 0.5, 1e-4) << name(resampling) << ' ' << col << ' ' << row;
                }
            }
        }
        MosaicReader reader(mosaic);
        PixelBlock part;
        reader.read({37, 5, 30, 3}, part);
        for (int i = 0; i < 90; ++i)
        {
            const float whole = pixels[static_cast<std::size_t>(5 + i / 30) * 90 + 37 + i % 30];
            const float here = part.row<float>(0, i / 30)[i % 30];
            EXPECT_TRUE(whole == here || (std::isnan(whole) && std::isnan(here))) << i;
        }
    }
}
