#include "driver/raster/warp/grid_source.h"

#include "autotest/driver/raster/gdal_rasters.h"
#include "driver/raster/crs/spatial_reference.h"
#include "stac/error.h"

#include <gdal_alg.h>
#include <gtest/gtest.h>

#include <cmath>

using namespace tiledir;
using namespace tiledir::raster;
using namespace tiledir::raster::fixtures;

namespace
{

constexpr double kPi = 3.14159265358979323846;
constexpr double kRadius = 6378137;
constexpr double kHalfCircumference = kPi * kRadius;
const char *const kMercator = "http://www.opengis.net/def/crs/EPSG/0/3857";

stac::TileMatrix matrix_of_cell(double cell_size)
{
    stac::TileMatrix matrix;
    matrix.id = "0";
    matrix.cell_size = cell_size;
    matrix.origin_x = -kHalfCircumference;
    matrix.origin_y = kHalfCircumference;
    return matrix;
}

Mosaic lon_lat(const std::string &name, int width, int height, double west, double north, double cell)
{
    RasterSpec spec;
    spec.width = width;
    spec.height = height;
    spec.geotransform = {west, cell, 0, north, 0, -cell};
    return Mosaic::open({write_raster(name, spec)}, std::nullopt);
}

double northing(double latitude)
{
    return kRadius * std::log(std::tan(kPi / 4 + latitude * kPi / 360));
}

/// A square of 4,000 km with the North Pole in its middle.
Mosaic around_the_pole(const char *name)
{
    RasterSpec spec;
    spec.crs = "EPSG:3413";
    spec.width = 400;
    spec.height = 400;
    spec.geotransform = {-2000000, 10000, 0, 2000000, 0, -10000};
    return Mosaic::open({write_raster(name, spec)}, std::nullopt);
}

} // namespace

TEST(KernelScale, InTheSameCrsIsTheQuotientOfCells)
{
    RasterSpec spec;
    spec.crs = "EPSG:3857";
    spec.geotransform = {0, 30, 0, 0, 0, -20};
    const Mosaic mosaic = Mosaic::open({write_raster("scale_same.tif", spec)}, std::nullopt);
    const KernelScale scale = kernel_scale(mosaic, kMercator, matrix_of_cell(40));
    EXPECT_DOUBLE_EQ(scale.x, 0.75);
    EXPECT_DOUBLE_EQ(scale.y, 0.5);
}

TEST(KernelScale, FromDegreesToMercatorIsThatOfTheCentre)
{
    const Mosaic mosaic = lon_lat("scale_degrees.tif", 10, 20, 5, 62, 0.1);
    const KernelScale scale = kernel_scale(mosaic, kMercator, matrix_of_cell(10000));
    EXPECT_NEAR(scale.x, kRadius * 0.1 * kPi / 180 / 10000, 1e-9);
    EXPECT_NEAR(scale.y, (northing(61.05) - northing(60.95)) / 10000, 1e-9);
}

TEST(KernelScale, MeasuresStepsThatTheProjectionTurns)
{
    RasterSpec spec;
    spec.crs = "EPSG:32633";
    spec.width = 100;
    spec.height = 100;
    spec.geotransform = {300000, 120, 0, 5400000, 0, -120};
    const Mosaic mosaic = Mosaic::open({write_raster("scale_utm.tif", spec)}, std::nullopt);
    const KernelScale scale = kernel_scale(mosaic, "EPSG:3857", matrix_of_cell(100));
    // Mercator stretches both axes by about 1 / cos(48.7 degrees); the sphere's latitude is the ellipsoid's.
    EXPECT_NEAR(scale.x, 1.2 / std::cos(48.7 * kPi / 180), 0.01);
    EXPECT_NEAR(scale.y, scale.x, 0.01);
}

TEST(KernelScale, IsThatOfOtherMeridiansAt180Degrees)
{
    // Zone 60 lies around 177 degrees east as zone 30 around 3 degrees west: their maps are one, half a turn apart.
    const auto scale_in = [](const char *crs, double easting)
    {
        RasterSpec spec;
        spec.crs = crs;
        spec.width = 300;
        spec.height = 200;
        spec.geotransform = {easting, 100, 0, 8120000, 0, -100};
        const Mosaic mosaic = Mosaic::open({write_raster(std::string("at_") + (crs + 5) + ".tif", spec)}, std::nullopt);
        return kernel_scale(mosaic, kMercator, matrix_of_cell(150));
    };
    // 17 degrees south, three degrees east of the middle: 819,458 metres.
    const KernelScale at_180 = scale_in("EPSG:32760", 819458 - 15000);
    const KernelScale at_0 = scale_in("EPSG:32730", 819458 - 15000);
    EXPECT_NEAR(at_180.x, at_0.x, 1e-9);
    EXPECT_NEAR(at_180.y, at_0.y, 1e-9);
    EXPECT_NEAR(at_180.x, 100 / std::cos(17 * kPi / 180) / 150, 0.01);
}

TEST(KernelScale, IsThatOfTheRasterWhereAPoleIsItsCentre)
{
    const Mosaic mosaic = around_the_pole("scale_at_pole.tif");
    const double cell = 180.0 / 1024;
    const KernelScale scale = kernel_scale(mosaic, "OGC:CRS84", matrix_of_cell(cell));
    // 10 km are 0.09 degrees of latitude; of longitude 0.29 degrees at 72 degrees north, and 0.7 at 83.
    EXPECT_GT(scale.x, 0.09 / cell);
    EXPECT_LT(scale.x, 0.7 / cell);
    EXPECT_GT(scale.y, 0.09 / cell);
    EXPECT_LT(scale.y, 0.7 / cell);
}

TEST(KernelScale, NamesTheGridThatDoesNotCoverTheCentre)
{
    const Mosaic mosaic = lon_lat("scale_pole.tif", 2, 2, 0, 91, 1);
    EXPECT_THROW(kernel_scale(mosaic, kMercator, matrix_of_cell(100)), InputError);
}

TEST(SuggestedOutput, IsGdalsForTheVrtOfTheFilesAndCutsNoCorner)
{
    const std::vector<std::string> paths = jacksboro();
    const GDALDatasetUniquePtr vrt = build_vrt(paths);
    for (const char *crs : {"EPSG:3857", "EPSG:4326", "EPSG:5070", "EPSG:32616"})
    {
        CPLStringList options;
        options.SetNameValue("DST_SRS", crs);
        const GDALDatasetH handle = GDALDataset::ToHandle(vrt.get());
        void *transformer = GDALCreateGenImgProjTransformer2(handle, nullptr, options.List());
        std::array<double, 6> geotransform{};
        std::array<double, 4> edges{};
        int width = 0;
        int height = 0;
        ASSERT_EQ(GDALSuggestedWarpOutput2(handle, GDALGenImgProjTransform, transformer, geotransform.data(), &width,
                                           &height, edges.data(), 0),
                  CE_None);
        GDALDestroyGenImgProjTransformer(transformer);
        const SuggestedOutput output = suggested_output(Mosaic::open(paths, std::nullopt), crs);
        EXPECT_DOUBLE_EQ(output.cell_size, geotransform[1]) << crs;
        EXPECT_LE(output.bounds.min_x, edges[0]) << crs;
        EXPECT_LE(output.bounds.min_y, edges[1]) << crs;
        EXPECT_GE(output.bounds.max_x, edges[2]) << crs;
        EXPECT_GE(output.bounds.max_y, edges[3]) << crs;
        EXPECT_NEAR(output.bounds.min_y, edges[1], output.cell_size) << crs;
        EXPECT_NEAR(output.bounds.max_x, edges[2], output.cell_size) << crs;
        // The corners of the data, 403 by 344 pixels of 3 arc seconds.
        std::array<double, 2> x{-84.41375, -84.41375 + 403 * 0.000833333333333};
        std::array<double, 2> y{36.44625, 36.44625 - 344 * 0.000833333333333};
        OGRSpatialReference to = spatial_reference(crs);
        OGRSpatialReference from = spatial_reference("OGC:CRS84");
        const std::unique_ptr<OGRCoordinateTransformation> transformation(
            OGRCreateCoordinateTransformation(&from, &to));
        ASSERT_TRUE(transformation->Transform(2, x.data(), y.data()));
        EXPECT_LE(output.bounds.min_x, x[0] + 1e-6) << crs;
        EXPECT_LE(output.bounds.min_y, y[1] + 1e-6) << crs;
        EXPECT_GE(output.bounds.max_x, x[1] - 1e-6) << crs;
        EXPECT_GE(output.bounds.max_y, y[0] - 1e-6) << crs;
    }
}

TEST(SuggestedOutput, OfTheWholeWorldStaysInMercatorsSquare)
{
    const SuggestedOutput output =
        suggested_output(lon_lat("suggested_world.tif", 3600, 1800, -180, 90, 0.1), kMercator);
    // GDAL rounds the extent to whole pixels.
    const double pixel = output.cell_size;
    EXPECT_NEAR(output.bounds.min_x, -kHalfCircumference, pixel / 2);
    EXPECT_NEAR(output.bounds.max_x, kHalfCircumference, pixel / 2);
    EXPECT_NEAR(output.bounds.min_y, -kHalfCircumference, pixel / 2);
    EXPECT_NEAR(output.bounds.max_y, kHalfCircumference, pixel / 2);
    EXPECT_GE(output.bounds.min_y, -kHalfCircumference - 1e-3);
    EXPECT_LE(output.bounds.max_y, kHalfCircumference + 1e-3);
    // A tenth of a degree is 11 km at the equator; the diagonal of the square has more pixels than that of the plate.
    EXPECT_GT(output.cell_size, 9000);
    EXPECT_LT(output.cell_size, 16000);
}

TEST(SuggestedOutput, OfPixelCentresOnTheWorldsEdgeIsFinite)
{
    const SuggestedOutput output =
        suggested_output(lon_lat("suggested_centres.tif", 361, 181, -180.5, 90.5, 1), kMercator);
    EXPECT_NEAR(output.bounds.max_y, kHalfCircumference, 1);
    EXPECT_TRUE(std::isfinite(output.bounds.min_x) && std::isfinite(output.bounds.max_x));
}

TEST(SuggestedOutput, Across180DegreesIsThatOfOtherMeridiansMovedByHalfATurn)
{
    const auto expect_moved = [](const SuggestedOutput &there, const SuggestedOutput &here)
    {
        const double half_pixel = here.cell_size / 2;
        EXPECT_NEAR(there.cell_size, here.cell_size, here.cell_size * 1e-6);
        EXPECT_NEAR(std::remainder(there.bounds.min_x - here.bounds.min_x - kHalfCircumference, 2 * kHalfCircumference),
                    0, half_pixel);
        EXPECT_NEAR(there.bounds.max_x - there.bounds.min_x, here.bounds.max_x - here.bounds.min_x, half_pixel);
        EXPECT_NEAR(there.bounds.min_y, here.bounds.min_y, half_pixel);
        EXPECT_NEAR(there.bounds.max_y, here.bounds.max_y, half_pixel);
    };
    const SuggestedOutput here = suggested_output(lon_lat("around_0.tif", 400, 200, -0.2, -16.9, 0.001), kMercator);
    for (const double west : {179.8, -180.2})
    {
        const std::string name = CPLSPrintf("around_%g.tif", west);
        expect_moved(suggested_output(lon_lat(name, 400, 200, west, -16.9, 0.001), kMercator), here);
    }
    RasterSpec spec;
    spec.width = 300;
    spec.height = 200;
    spec.geotransform = {804458, 100, 0, 8130000, 0, -100};
    spec.crs = "EPSG:32760";
    const Mosaic zone_60 = Mosaic::open({write_raster("zone_60.tif", spec)}, std::nullopt);
    spec.crs = "EPSG:32730";
    const Mosaic zone_30 = Mosaic::open({write_raster("zone_30.tif", spec)}, std::nullopt);
    expect_moved(suggested_output(zone_60, kMercator), suggested_output(zone_30, kMercator));
}

TEST(SuggestedOutput, WithAPoleWithinReachesAroundTheWorld)
{
    const Mosaic mosaic = around_the_pole("suggested_pole.tif");
    const SuggestedOutput degrees = suggested_output(mosaic, "OGC:CRS84");
    EXPECT_NEAR(degrees.bounds.max_x - degrees.bounds.min_x, 360, 1e-9);
    EXPECT_NEAR(degrees.bounds.max_y, 90, 1e-9);
    // The corners are 2828 km from the pole.
    EXPECT_NEAR(degrees.bounds.min_y, 64, 1);
    EXPECT_GT(degrees.cell_size, 0.08);
    EXPECT_LT(degrees.cell_size, 0.5);
    const SuggestedOutput metres = suggested_output(mosaic, kMercator);
    EXPECT_NEAR(metres.bounds.max_y, kHalfCircumference, 1);
    EXPECT_NEAR(metres.bounds.min_y, northing(degrees.bounds.min_y), 1);
    EXPECT_GT(metres.cell_size, 10000);
    EXPECT_LT(metres.cell_size, 120000);
}

TEST(SuggestedOutput, OfPolarDataOnlyIsRefusedForMercator)
{
    EXPECT_THROW(suggested_output(lon_lat("suggested_polar.tif", 40, 4, -20, 90, 1), kMercator), InputError);
}
