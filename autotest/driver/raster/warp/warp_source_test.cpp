#include "driver/raster/warp/grid_source.h"

#include "autotest/driver/raster/gdal_rasters.h"
#include "autotest/driver/raster/warp/sample_matrices.h"
#include "driver/raster/crs/spatial_reference.h"
#include "stac/error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>

using namespace tiledir;
using namespace tiledir::raster;
using namespace tiledir::raster::fixtures;

namespace
{

struct Comparison
{
    std::size_t pixels = 0;
    std::size_t valid = 0;
    std::size_t nodata_differs = 0;
    std::size_t differ = 0;
    double largest = 0;
};

struct WarpScene
{
    std::shared_ptr<const Mosaic> mosaic;
    GDALDatasetUniquePtr vrt; ///< of the same files
    std::string crs;
    stac::TileMatrix matrix;
};

WarpScene scene(const std::vector<std::string> &paths, const std::string &crs, const stac::TileMatrix &matrix)
{
    return {std::make_shared<const Mosaic>(Mosaic::open(paths, std::nullopt)), build_vrt(paths), crs, matrix};
}

/// All pixels of the matrix that the mosaic touches, and some more.
stac::PixelWindow window_of(const WarpScene &scene)
{
    const stac::Bounds bounds = transform_bounds(scene.mosaic->bounds(), spatial_reference(scene.mosaic->crs_wkt()),
                                                 spatial_reference(scene.crs));
    return scene.matrix.pixels_covering(bounds).grown(5);
}

/// gdalwarp of the VRT over that window.
GDALDatasetUniquePtr warped(const WarpScene &scene, const stac::PixelWindow &window, Resampling resampling,
                            const KernelScale &scale, const std::string &type)
{
    const stac::Bounds bounds = scene.matrix.bounds(window);
    const auto text = [](double value) { return std::string(CPLSPrintf("%.17g", value)); };
    return warp(*scene.vrt, {"-t_srs", scene.crs, "-te", text(bounds.min_x), text(bounds.min_y), text(bounds.max_x),
                             text(bounds.max_y), "-ts", std::to_string(window.width), std::to_string(window.height),
                             "-et", "0", "-ovr", "NONE", "-ot", type, "-wt", type, "-dstnodata", "-32768", "-r",
                             name(resampling), "-wo", "XSCALE=" + text(scale.x), "-wo", "YSCALE=" + text(scale.y),
                             // gdalwarp reads too few pixels around its chunks where XSCALE widens the kernel.
                             "-wo", "SOURCE_EXTRA=200"});
}

/// Whole against gdalwarp, in windows of a size that divides nothing.
template <class T> Comparison compare(const WarpScene &scene, Resampling resampling, int window_size)
{
    const GDALDataType type = sizeof(T) == sizeof(double) ? GDT_Float64 : GDT_Float32;
    const KernelScale scale = kernel_scale(*scene.mosaic, scene.crs, scene.matrix);
    const stac::PixelWindow whole = window_of(scene);
    const GDALDatasetUniquePtr expected = warped(scene, whole, resampling, scale, GDALGetDataTypeName(type));
    Comparison result;
    if (!expected)
    {
        ADD_FAILURE() << CPLGetLastErrorMsg();
        return result;
    }
    const std::vector<T> pixels = band_pixels<T>(*expected);
    const auto source = open_warp_source(scene.mosaic, scene.crs, scene.matrix, resampling, scale, type);
    PixelBlock block;
    for (std::int64_t top = 0; top < whole.height; top += window_size)
    {
        for (std::int64_t left = 0; left < whole.width; left += window_size)
        {
            const stac::PixelWindow window{whole.col + left, whole.row + top,
                                           std::min<std::int64_t>(window_size, whole.width - left),
                                           std::min<std::int64_t>(window_size, whole.height - top)};
            source->read(window, block);
            for (int row = 0; row < block.height(); ++row)
            {
                for (int col = 0; col < block.width(); ++col)
                {
                    const T ours = block.row<T>(0, row)[col];
                    const T theirs = pixels[(top + row) * whole.width + left + col];
                    ++result.pixels;
                    result.valid += std::isnan(ours) ? 0 : 1;
                    if (std::isnan(ours) != (theirs == -32768))
                    {
                        ++result.nodata_differs;
                    }
                    else if (!std::isnan(ours) && ours != theirs)
                    {
                        ++result.differ;
                        result.largest = std::max(result.largest, std::abs(static_cast<double>(ours) - theirs));
                    }
                }
            }
        }
    }
    return result;
}

/// Equal but for the last bit of a float in 20 pixels in a million, on GDAL 3.13 in 40: gdalwarp counts its coordinates
/// from another corner.
void expect_equal(const Comparison &result, double last_bit, const std::string &what)
{
    EXPECT_GT(result.valid, result.pixels / 4) << what;
    EXPECT_EQ(result.nodata_differs, 0U) << what;
    EXPECT_LE(result.largest, last_bit) << what;
    const bool more_differ = std::atoi(GDALVersionInfo("VERSION_NUM")) >= 3130000;
    EXPECT_LE(result.differ, 1 + result.pixels / (more_differ ? 25000 : 50000)) << what;
}

/// The pixels of one window cut from a larger one, and read alone.
std::size_t window_dependent(const WarpScene &scene, Resampling resampling, int count,
                             std::optional<stac::PixelWindow> within = std::nullopt)
{
    const KernelScale scale = kernel_scale(*scene.mosaic, scene.crs, scene.matrix);
    const auto source = open_warp_source(scene.mosaic, scene.crs, scene.matrix, resampling, scale);
    const stac::PixelWindow whole = within ? *within : window_of(scene);
    PixelBlock all;
    source->read(whole, all);
    EXPECT_FALSE(all.all_equal(std::nan("")));
    std::mt19937 random(11);
    std::size_t differ = 0;
    PixelBlock block;
    for (int i = 0; i < count; ++i)
    {
        const auto pick = [&](std::int64_t below) { return static_cast<std::int64_t>(random() % below); };
        const std::int64_t width = 1 + pick(std::min<std::int64_t>(whole.width, 90));
        const std::int64_t height = 1 + pick(std::min<std::int64_t>(whole.height, 90));
        const std::int64_t left = pick(whole.width - width + 1);
        const std::int64_t top = pick(whole.height - height + 1);
        source->read({whole.col + left, whole.row + top, width, height}, block);
        PixelBlock expected(block.width(), block.height(), 1, GDT_Float32);
        expected.paste(all, static_cast<int>(left), static_cast<int>(top), block.width(), block.height(), 0, 0);
        for (int row = 0; row < block.height(); ++row)
        {
            for (int col = 0; col < block.width(); ++col)
            {
                const float one = block.row<float>(0, row)[col];
                const float other = expected.row<float>(0, row)[col];
                differ += one == other || (std::isnan(one) && std::isnan(other)) ? 0 : 1;
            }
        }
    }
    return differ;
}

std::vector<std::string> sentinel_band()
{
    return {TILEDIR_SHARED_DATA "/sentinel2/S2A_33TWM_20230815_0_L2A/B04.tif",
            TILEDIR_SHARED_DATA "/sentinel2/S2B_33TWL_20230820_0_L2A/B04.tif"};
}

const std::vector<Resampling> kKernels{Resampling::Nearest,     Resampling::Bilinear, Resampling::Cubic,
                                       Resampling::CubicSpline, Resampling::Lanczos,  Resampling::Average,
                                       Resampling::Mode};

} // namespace

TEST(WarpSource, EqualsGdalwarpOfTheVrtWithEveryKernelAcrossTheSeam)
{
    for (const Resampling resampling : kKernels)
    {
        for (const int level : {9, 11, 12})
        {
            const WarpScene jacksboro_scene = scene(jacksboro(), "EPSG:3857", web_mercator(level));
            expect_equal(compare<float>(jacksboro_scene, resampling, 77), 2e-4,
                         std::string(name(resampling)) + "_" + std::to_string(level));
        }
    }
}

TEST(WarpSource, EqualsGdalwarpInTheSameCrs)
{
    const stac::TileMatrix geodetic = matrix_of(-180, 90, 180.0 / 256 / 1024);
    for (const Resampling resampling : {Resampling::Bilinear, Resampling::Cubic, Resampling::Average})
    {
        expect_equal(compare<float>(scene(jacksboro(), "EPSG:4326", geodetic), resampling, 100), 2e-4,
                     name(resampling));
    }
}

TEST(WarpSource, EqualsGdalwarpToAnEqualAreaProjection)
{
    const stac::TileMatrix albers = matrix_of(0, 3000000, 150);
    for (const Resampling resampling : {Resampling::Nearest, Resampling::Bilinear, Resampling::Lanczos})
    {
        expect_equal(compare<float>(scene(jacksboro(), "EPSG:5070", albers), resampling, 61), 2e-4, name(resampling));
    }
}

TEST(WarpSource, WorksInDoubleToo)
{
    const Comparison result =
        compare<double>(scene(jacksboro(), "EPSG:3857", web_mercator(10)), Resampling::Bilinear, 64);
    EXPECT_EQ(result.nodata_differs, 0U);
    EXPECT_LE(result.largest, 1e-5);
}

TEST(WarpSource, EqualsGdalwarpBetweenNeighbouringSrtmTiles)
{
    std::vector<std::string> paths;
    for (const char *tile : {"N53E027", "N53E028"})
    {
        paths.push_back(std::string("/vsizip/" TILEDIR_SHARED_DATA "/dem/") + tile + ".hgt.zip/" + tile + ".hgt");
        if (!exists(paths.back()))
        {
            GTEST_SKIP() << paths.back() << " is not here";
        }
    }
    for (const int level : {9, 11})
    {
        expect_equal(compare<float>(scene(paths, "EPSG:3857", web_mercator(level)), Resampling::Bilinear, 256), 2e-4,
                     "srtm_" + std::to_string(level));
    }
}

TEST(WarpSource, EqualsGdalwarpFromUtmToMercatorAndLaea)
{
    if (!exists(sentinel_band()[0]))
    {
        GTEST_SKIP() << sentinel_band()[0] << " is not here";
    }
    expect_equal(compare<float>(scene(sentinel_band(), "EPSG:3857", web_mercator(9)), Resampling::Bilinear, 256), 2e-3,
                 "mercator");
    expect_equal(
        compare<float>(scene(sentinel_band(), "EPSG:3035", matrix_of(900000, 5500000, 250)), Resampling::Cubic, 200),
        2e-3, "laea");
}

TEST(WarpSource, GivesTheSamePixelsInWhateverWindow)
{
    for (const Resampling resampling : kKernels)
    {
        EXPECT_EQ(window_dependent(scene(jacksboro(), "EPSG:3857", web_mercator(10)), resampling, 60), 0U)
            << name(resampling);
        EXPECT_EQ(window_dependent(scene(jacksboro(), "EPSG:32616", matrix_of(700000, 4100000, 97.3)), resampling, 60),
                  0U)
            << name(resampling);
    }
}

TEST(WarpSource, GivesTheSamePixelsInWhateverWindowNextToNodata)
{
    RasterSpec spec;
    spec.width = 300;
    spec.height = 200;
    spec.geotransform = {10, 0.001, 0, 50, 0, -0.001};
    spec.type = GDT_Float32;
    spec.nodata = -1;
    spec.value = [](int, int col, int row)
    { return (col * 7 + row * 13) % 41 == 0 && col > 100 ? -1 : 500 + 40 * std::sin(col * 0.3) * std::cos(row * 0.2); };
    const std::vector<std::string> paths{write_raster("warp_holes.tif", spec)};
    for (const Resampling resampling : kKernels)
    {
        EXPECT_EQ(window_dependent(scene(paths, "EPSG:3857", matrix_of(0, 7000000, 170)), resampling, 100), 0U)
            << name(resampling);
    }
}

TEST(WarpSource, GivesTheSamePixelsInWhateverWindowAroundThePoleAndTheDateLine)
{
    RasterSpec spec;
    spec.width = 720;
    spec.height = 360;
    spec.geotransform = {-180, 0.5, 0, 90, 0, -0.5};
    spec.value = [](int, int col, int row) { return (col * 37 + row * 91) % 1000; };
    const std::vector<std::string> paths{write_raster("warp_world.tif", spec)};
    const WarpScene polar = scene(paths, "EPSG:3413", matrix_of(-3000000, 3000000, 31000));
    RasterSpec utm;
    utm.width = 200;
    utm.height = 150;
    utm.crs = "EPSG:32601";
    utm.geotransform = {100000, 2000, 0, 6000000, 0, -2000};
    const WarpScene date_line =
        scene({write_raster("warp_date_line.tif", utm)}, "EPSG:3832", matrix_of(2000000, 8000000, 1700));
    for (const Resampling resampling : kKernels)
    {
        EXPECT_EQ(window_dependent(polar, resampling, 40, stac::PixelWindow{0, 0, 190, 190}), 0U) << name(resampling);
        EXPECT_EQ(window_dependent(date_line, resampling, 40), 0U) << name(resampling);
    }
}

TEST(WarpSource, KeepsNodataOfEachBandApart)
{
    RasterSpec spec;
    spec.width = 8;
    spec.height = 8;
    spec.geotransform = {0, 1, 0, 8, 0, -1};
    spec.bands = 2;
    spec.nodata = -1;
    spec.value = [](int band, int col, int row) { return band == 2 && col == 3 && row == 3 ? -1 : 100 * band; };
    const WarpScene one = scene({write_raster("warp_bands.tif", spec)}, "EPSG:4326", matrix_of(0, 8, 1));
    const auto source = open_warp_source(one.mosaic, one.crs, one.matrix, Resampling::Nearest, {1, 1});
    PixelBlock block;
    source->read({0, 0, 8, 8}, block);
    ASSERT_EQ(block.bands(), 2);
    EXPECT_EQ(block.row<float>(0, 3)[3], 100);
    EXPECT_TRUE(std::isnan(block.row<float>(1, 3)[3]));
    EXPECT_EQ(block.row<float>(1, 3)[4], 200);
}

TEST(WarpSource, HasNothingButNaNFarFromTheMosaic)
{
    const WarpScene far = scene(jacksboro(), "EPSG:3857", web_mercator(11));
    const auto source = open_warp_source(far.mosaic, far.crs, far.matrix, Resampling::Bilinear, {1, 1});
    PixelBlock block;
    for (const stac::PixelWindow &window :
         {stac::PixelWindow{0, 0, 256, 256}, {400000, 400000, 64, 64}, {-500, -500, 9, 9}})
    {
        source->read(window, block);
        EXPECT_TRUE(block.all_equal(std::nan("")));
    }
}

TEST(WarpSource, NamesTheFileThatCannotBeRead)
{
    const std::string path = write_raster("warp_vanished.tif", {});
    const WarpScene vanished = scene({path}, "EPSG:4326", matrix_of(0, 0, 0.5));
    const auto source = open_warp_source(vanished.mosaic, vanished.crs, vanished.matrix, Resampling::Bilinear, {2, 2});
    VSIUnlink(path.c_str());
    PixelBlock block;
    try
    {
        source->read({0, 0, 8, 8}, block);
        FAIL();
    }
    catch (const TileError &error)
    {
        EXPECT_EQ(std::string(error.what()).rfind(path, 0), 0U) << error.what();
    }
}
