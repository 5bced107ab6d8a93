#include "driver/raster/warp/grid_source.h"

#include "autotest/driver/raster/gdal_rasters.h"
#include "autotest/driver/raster/warp/sample_matrices.h"
#include "driver/raster/crs/spatial_reference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <typeinfo>

using namespace tiledir;
using namespace tiledir::raster;
using namespace tiledir::raster::fixtures;

namespace
{

const std::string kGeodetic = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

stac::TileMatrix geodetic(int level)
{
    return matrix_of(-180, 90, 180.0 / 256 / (1 << level), 2 << level, 1 << level);
}

/// Rough ground around 10.3 E, 46.8 N, in cells of 110 m, with holes from single pixels to lakes.
std::string ground_with_holes()
{
    RasterSpec spec;
    spec.width = 600;
    spec.height = 400;
    spec.geotransform = {10, 0.00101, 0, 47, 0, -0.00101};
    spec.nodata = -9999;
    auto random = std::make_shared<std::mt19937>(3);
    spec.value = [random](int, int col, int row)
    {
        const bool lake = std::hypot(col - 300, row - 200) < 60 || (col > 590 && row > 350);
        const bool hole = (*random)() % 300 == 0;
        const double height = 900 + 300 * std::sin(col / 17.0) * std::cos(row / 23.0) + (*random)() % 100;
        return lake || hole ? -9999 : static_cast<int>(height);
    };
    return write_raster("ground_with_holes.tif", spec);
}

/// Random heights all over a raster.
std::string noise(const std::string &file, int width, int height, std::array<double, 6> geotransform,
                  const std::string &crs)
{
    RasterSpec spec;
    spec.width = width;
    spec.height = height;
    spec.geotransform = geotransform;
    spec.crs = crs;
    auto random = std::make_shared<std::mt19937>(5);
    spec.value = [random](int, int, int) { return static_cast<int>(1000 + (*random)() % 100); };
    return write_raster(file, spec);
}

struct Grid
{
    std::string crs;
    stac::TileMatrix matrix;
};

/// All pixels of the matrix that the mosaic touches, and some more.
stac::PixelWindow window_of(const Mosaic &mosaic, const Grid &grid)
{
    return grid.matrix
        .pixels_covering(
            transform_bounds(mosaic.bounds(), spatial_reference(mosaic.crs_wkt()), spatial_reference(grid.crs)))
        .grown(5);
}

/// gdalwarp of the mosaic over a window.
std::vector<float> warped(const std::vector<std::string> &paths, const Grid &grid, const stac::PixelWindow &window,
                          Resampling resampling, const KernelScale &scale)
{
    const stac::Bounds bounds = grid.matrix.bounds(window);
    const auto text = [](double value) { return std::string(CPLSPrintf("%.17g", value)); };
    const GDALDatasetUniquePtr vrt = build_vrt(paths);
    const GDALDatasetUniquePtr output =
        warp(*vrt, {"-t_srs", grid.crs, "-te", text(bounds.min_x), text(bounds.min_y), text(bounds.max_x),
                    text(bounds.max_y), "-ts", std::to_string(window.width), std::to_string(window.height), "-et", "0",
                    "-ot", "Float32", "-dstnodata", "-99999", "-r", name(resampling), "-wo", "XSCALE=" + text(scale.x),
                    "-wo", "YSCALE=" + text(scale.y),
                    // gdalwarp reads too few pixels around its chunks where XSCALE widens the kernel.
                    "-wo", "SOURCE_EXTRA=200"});
    return output ? band_pixels<float>(*output) : std::vector<float>();
}

/// Since 3.13 gdalwarp widens bilinear and cubic only where it shrinks by more than 2, before that by more than 1.05;
/// the grid source is the same on every GDAL.
bool other_kernel_in_gdalwarp(const KernelScale &scale, Resampling resampling)
{
    const bool four_samples = resampling == Resampling::Bilinear || resampling == Resampling::Cubic;
    const double smaller = std::min(scale.x, scale.y);
    return std::atoi(GDALVersionInfo("VERSION_NUM")) >= 3130000 && four_samples && smaller > 0.5 && smaller < 0.95;
}

/// Same pixels valid, and at most 20 in a million differ, by what rounding to Float32 does. (Cells whose ratio is a
/// multiple of a power of two would give many exact ties, which either side rounds as its last bit happens to be.)
void expect_as_gdalwarp(const std::vector<std::string> &paths, const Grid &grid, Resampling resampling,
                        std::optional<stac::PixelWindow> given = std::nullopt,
                        std::optional<KernelScale> given_scale = std::nullopt,
                        const std::vector<std::string> &gdals_paths = {})
{
    const auto mosaic = std::make_shared<const Mosaic>(Mosaic::open(paths, std::nullopt));
    const stac::PixelWindow window = given ? *given : window_of(*mosaic, grid);
    const KernelScale scale = given_scale ? *given_scale : kernel_scale(*mosaic, grid.crs, grid.matrix);
    if (other_kernel_in_gdalwarp(scale, resampling))
    {
        GTEST_SKIP() << "gdalwarp 3.13 has another kernel at this scale";
    }
    const std::vector<float> expected =
        warped(gdals_paths.empty() ? paths : gdals_paths, grid, window, resampling, scale);
    ASSERT_EQ(expected.size(), static_cast<std::size_t>(window.width * window.height));
    PixelBlock block;
    open_grid_source(mosaic, grid.crs, grid.matrix, resampling, scale)->read(window, block);
    std::int64_t valid = 0;
    std::int64_t validity_differs = 0;
    std::int64_t differ = 0;
    std::int64_t too_much = 0;
    for (std::size_t i = 0; i < expected.size(); ++i)
    {
        const float theirs = expected[i];
        const float ours = block.row<float>(0, 0)[i];
        valid += theirs != -99999 ? 1 : 0;
        validity_differs += (theirs != -99999) == std::isnan(ours) ? 1 : 0;
        if (theirs != -99999 && !std::isnan(ours) && theirs != ours)
        {
            ++differ;
            too_much += std::abs(theirs - ours) > 3e-5 + 2e-7 * std::abs(theirs) ? 1 : 0;
        }
    }
    const std::string what = grid.crs + " " + std::to_string(grid.matrix.cell_size) + " " + name(resampling);
    EXPECT_GT(valid, 0) << what;
    EXPECT_EQ(validity_differs, 0) << what;
    EXPECT_EQ(too_much, 0) << what;
    EXPECT_LE(differ, 1 + valid * 20 / 1000000) << what;
}

constexpr Resampling kAll[] = {Resampling::Nearest, Resampling::Bilinear, Resampling::Cubic, Resampling::Average};

/// Does the grid source do it by itself?
bool is_separable(const std::string &path, const Grid &grid, Resampling resampling)
{
    const auto mosaic = std::make_shared<const Mosaic>(Mosaic::open({path}, std::nullopt));
    const auto source = open_grid_source(mosaic, grid.crs, grid.matrix, resampling, {1, 1});
    const auto warper = open_warp_source(mosaic, grid.crs, grid.matrix, resampling, {1, 1});
    const PixelReader &one = *source;
    const PixelReader &other = *warper;
    return typeid(one) != typeid(other);
}

} // namespace

TEST(GridSource, EqualsGdalwarpOfTwoRealFilesFromLongitudeLatitudeToMercator)
{
    for (const int level : {8, 10, 11, 12})
    {
        for (const Resampling resampling : kAll)
        {
            expect_as_gdalwarp(jacksboro(), {"EPSG:3857", web_mercator(level)}, resampling);
        }
    }
}

TEST(GridSource, EqualsGdalwarpOfTwoRealFilesInLongitudeLatitude)
{
    for (const int level : {8, 10, 11})
    {
        for (const Resampling resampling : kAll)
        {
            expect_as_gdalwarp(jacksboro(), {kGeodetic, geodetic(level)}, resampling);
        }
    }
}

TEST(GridSource, EqualsGdalwarpAroundHolesUpsampled)
{
    for (const Resampling resampling : kAll)
    {
        expect_as_gdalwarp({ground_with_holes()}, {"EPSG:3857", web_mercator(12)}, resampling);
    }
}

TEST(GridSource, EqualsGdalwarpAroundHolesDownsampled)
{
    for (const int level : {7, 9, 10})
    {
        for (const Resampling resampling : kAll)
        {
            expect_as_gdalwarp({ground_with_holes()}, {"EPSG:3857", web_mercator(level)}, resampling);
        }
    }
}

TEST(GridSource, EqualsGdalwarpInOneProjectedCrs)
{
    const std::string path = noise("utm.tif", 300, 200, {500010, 30, 0, 5000040, 0, -30}, "EPSG:32632");
    for (const double cell : {100.0, 30.0, 21.37})
    {
        const Grid grid{"EPSG:32632", matrix_of(400000, 5100000, cell, 100, 100)};
        for (const Resampling resampling : kAll)
        {
            expect_as_gdalwarp({path}, grid, resampling);
        }
    }
}

TEST(GridSource, EqualsGdalwarpOntoEllipsoidalMercatorAndBack)
{
    const std::string degrees = noise("degrees.tif", 300, 200, {10, 0.01, 0, 60, 0, -0.01}, "EPSG:4326");
    const std::string metres = noise("metres.tif", 300, 200, {1e6, 1000, 0, 7e6, 0, -1000}, "EPSG:3395");
    for (const Resampling resampling : kAll)
    {
        expect_as_gdalwarp({degrees}, {"EPSG:3395", web_mercator(7)}, resampling);
        expect_as_gdalwarp({metres}, {kGeodetic, geodetic(6)}, resampling);
        expect_as_gdalwarp({metres}, {"EPSG:3857", web_mercator(7)}, resampling);
    }
}

TEST(GridSource, EqualsGdalwarpAcrossTheAntimeridian)
{
    const std::string path = noise("antimeridian.tif", 200, 300, {170, 0.1, 0, 20, 0, -0.1}, "EPSG:4326");
    const Grid grid{"EPSG:3857", web_mercator(2)};
    for (const Resampling resampling : kAll)
    {
        expect_as_gdalwarp({path}, grid, resampling, grid.matrix.window(), KernelScale{0.28, 0.29});
        expect_as_gdalwarp({path}, {kGeodetic, geodetic(2)}, resampling, geodetic(2).window(), KernelScale{0.57, 0.57});
    }
}

/// Pixels from 40 degrees before the meridian at which the globe's raster begins to 40 degrees after the one at which
/// it ends: no kernel ends at either for gdalwarp.
std::string widened(const std::string &globe, const std::string &file, double west)
{
    const GDALDatasetUniquePtr source(GDALDataset::Open(globe.c_str()));
    const std::vector<float> pixels = band_pixels<float>(*source);
    const int width = source->GetRasterXSize();
    const int more = width / 9;
    RasterSpec spec;
    spec.width = width + 2 * more;
    spec.height = source->GetRasterYSize();
    const double cell = 360.0 / width;
    spec.geotransform = {west - 40, cell, 0, 90, 0, -cell};
    const int first = static_cast<int>(std::lround((west + 360) / cell)) - more;
    // The raster of `globe` itself begins at 0 degrees.
    spec.value = [&](int, int col, int row)
    { return pixels[static_cast<std::size_t>(row) * width + (first + col) % width]; };
    return write_raster(file, spec);
}

TEST(GridSource, HasNoSeamAroundTheGlobeWhicheverMeridianItsRasterBeginsAt)
{
    constexpr Resampling kKernels[] = {Resampling::Nearest,     Resampling::Bilinear, Resampling::Cubic,
                                       Resampling::CubicSpline, Resampling::Lanczos,  Resampling::Average};
    const std::string globe = noise("globe_0.tif", 360, 180, {0, 1, 0, 90, 0, -1}, "EPSG:4326");
    const std::string reference = widened(globe, "globe_wide.tif", -180);
    for (const double begin : {0, -180, -50})
    {
        RasterSpec spec;
        spec.width = 360;
        spec.height = 180;
        spec.geotransform = {begin, 1, 0, 90, 0, -1};
        const GDALDatasetUniquePtr source(GDALDataset::Open(globe.c_str()));
        const std::vector<float> pixels = band_pixels<float>(*source);
        spec.value = [&](int, int col, int row)
        { return pixels[static_cast<std::size_t>(row) * 360 + (col + static_cast<int>(begin) + 360) % 360]; };
        const std::string path = write_raster(CPLSPrintf("globe_%g.tif", begin + 1000), spec);
        for (const Resampling resampling : kKernels)
        {
            // gdalwarp 3.10 and 3.13 give other averages than 3.6 in one line; the grid source is the same on every
            // GDAL.
            if (resampling == Resampling::Average && std::atoi(GDALVersionInfo("VERSION_NUM")) >= 3070000)
            {
                continue;
            }
            for (const auto &[level, scale] :
                 {std::pair(1, KernelScale{2.84, 2.84}), std::pair(0, KernelScale{0.71, 0.71})})
            {
                expect_as_gdalwarp({path}, {kGeodetic, geodetic(level)}, resampling, geodetic(level).window(), scale,
                                   {reference});
            }
        }
    }
}

TEST(GridSource, EqualsGdalwarpOverTheSeamOfTwoSrtmTiles)
{
    const std::string west = "/vsizip/" TILEDIR_SHARED_DATA "/dem/N53E027.hgt.zip/N53E027.hgt";
    const std::string east = "/vsizip/" TILEDIR_SHARED_DATA "/dem/N53E028.hgt.zip/N53E028.hgt";
    if (!exists(west) || !exists(east))
    {
        GTEST_SKIP() << "../shared/data/dem is not there";
    }
    const Grid grid{"EPSG:3857", web_mercator(12)};
    const stac::PixelWindow seam =
        grid.matrix
            .pixels_covering(
                transform_bounds({27.9, 53.4, 28.1, 53.5}, spatial_reference("OGC:CRS84"), spatial_reference(grid.crs)))
            .grown(1);
    for (const Resampling resampling : kAll)
    {
        expect_as_gdalwarp({west, east}, grid, resampling, seam);
    }
}

TEST(GridSource, GivesTheSameBitsInAnyWindow)
{
    const auto mosaic = std::make_shared<const Mosaic>(Mosaic::open({ground_with_holes()}, std::nullopt));
    for (const int level : {9, 11})
    {
        const Grid grid{"EPSG:3857", web_mercator(level)};
        const stac::PixelWindow whole = window_of(*mosaic, grid);
        for (const Resampling resampling : kAll)
        {
            const auto source = open_grid_source(mosaic, grid.crs, grid.matrix, resampling,
                                                 kernel_scale(*mosaic, grid.crs, grid.matrix));
            PixelBlock expected;
            source->read(whole, expected);
            PixelBlock block;
            constexpr int kSize = 37;
            for (std::int64_t row = 0; row < whole.height; row += kSize)
            {
                for (std::int64_t col = 0; col < whole.width; col += kSize)
                {
                    source->read({whole.col + col, whole.row + row, kSize, kSize}, block);
                    const auto width = std::min<std::int64_t>(kSize, whole.width - col);
                    for (std::int64_t line = 0; line < std::min<std::int64_t>(kSize, whole.height - row); ++line)
                    {
                        ASSERT_EQ(std::memcmp(block.row<float>(0, static_cast<int>(line)),
                                              expected.row<float>(0, static_cast<int>(row + line)) + col,
                                              width * sizeof(float)),
                                  0)
                            << name(resampling) << " level " << level << " at " << col << ", " << row;
                    }
                }
            }
        }
    }
}

TEST(GridSource, ReadsTheSamePixelsFromAGridWhoseOriginIsAtTheBottom)
{
    const auto mosaic = std::make_shared<const Mosaic>(Mosaic::open(jacksboro(), std::nullopt));
    const Grid grid{"EPSG:3857", web_mercator(10)};
    stac::TileMatrix flipped = grid.matrix;
    flipped.origin_y = -grid.matrix.origin_y;
    flipped.origin_is_bottom_left = true;
    const stac::PixelWindow window = window_of(*mosaic, grid);
    PixelBlock one;
    PixelBlock other;
    open_grid_source(mosaic, grid.crs, grid.matrix, Resampling::Bilinear, {1, 1})->read(window, one);
    open_grid_source(mosaic, grid.crs, flipped, Resampling::Bilinear, {1, 1})->read(window, other);
    EXPECT_EQ(std::memcmp(one.data(), other.data(), one.size()), 0);
}

TEST(GridSource, IsNanBesideTheMosaic)
{
    const auto mosaic = std::make_shared<const Mosaic>(Mosaic::open(jacksboro(), std::nullopt));
    const auto source = open_grid_source(mosaic, "EPSG:3857", web_mercator(10), Resampling::Bilinear, {1, 1});
    PixelBlock block(50, 50, 1, GDT_Float32);
    source->read({0, 0, 50, 50}, block);
    EXPECT_TRUE(block.all_equal(std::numeric_limits<double>::quiet_NaN()));
}

TEST(GridSource, MakesFloat64WhereAsked)
{
    const auto mosaic = std::make_shared<const Mosaic>(Mosaic::open(jacksboro(), std::nullopt));
    const Grid grid{"EPSG:3857", web_mercator(11)};
    const stac::PixelWindow window = window_of(*mosaic, grid);
    PixelBlock narrow;
    PixelBlock wide;
    open_grid_source(mosaic, grid.crs, grid.matrix, Resampling::Bilinear, {1, 1})->read(window, narrow);
    open_grid_source(mosaic, grid.crs, grid.matrix, Resampling::Bilinear, {1, 1}, GDT_Float64)->read(window, wide);
    ASSERT_EQ(wide.type(), GDT_Float64);
    const float *expected = narrow.row<float>(0, window.height / 2);
    const double *actual = wide.row<double>(0, window.height / 2);
    bool fractions = false;
    for (std::int64_t col = window.width / 4; col < window.width * 3 / 4; ++col)
    {
        EXPECT_EQ(static_cast<float>(actual[col]), expected[col]);
        fractions = fractions || actual[col] != expected[col];
    }
    EXPECT_TRUE(fractions);
}

TEST(GridSource, NeedsNoWarperWhereTheAxesMapSeparately)
{
    const std::string degrees = noise("a.tif", 20, 20, {10, 0.1, 0, 50, 0, -0.1}, "EPSG:4326");
    const std::string nad83 = noise("b.tif", 20, 20, {-100, 0.1, 0, 50, 0, -0.1}, "EPSG:4269");
    const std::string utm = noise("c.tif", 20, 20, {500000, 30, 0, 5000000, 0, -30}, "EPSG:32632");
    const Grid mercator{"EPSG:3857", web_mercator(5)};
    for (const Resampling each : {Resampling::Nearest, Resampling::Bilinear, Resampling::Cubic})
    {
        EXPECT_TRUE(is_separable(degrees, mercator, each)) << name(each);
    }
    EXPECT_TRUE(is_separable(degrees, {"EPSG:3395", web_mercator(5)}, Resampling::Bilinear));
    EXPECT_TRUE(is_separable(degrees, {kGeodetic, geodetic(5)}, Resampling::Bilinear));
    EXPECT_TRUE(is_separable(utm, {"EPSG:32632", web_mercator(12)}, Resampling::Bilinear));

    EXPECT_FALSE(is_separable(degrees, mercator, Resampling::Lanczos));
    EXPECT_FALSE(is_separable(nad83, mercator, Resampling::Bilinear)) << "another datum";
    EXPECT_FALSE(is_separable(utm, mercator, Resampling::Bilinear));
    EXPECT_FALSE(is_separable(degrees, {"EPSG:32632", web_mercator(12)}, Resampling::Bilinear));
}
