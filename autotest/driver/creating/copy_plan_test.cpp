#include "driver/creating/copy_plan.h"

#include "autotest/driver/raster/gdal_rasters.h"
#include "stac/error.h"
#include "stac/json/json_document.h"

#include <gtest/gtest.h>

#include <cmath>

namespace tiledir::driver
{

namespace
{

using raster::fixtures::RasterSpec;

constexpr double kHalfOfWorld = 20037508.342789244; ///< metres, of EPSG:3857

/// Of 10 m in UTM 32 N.
RasterSpec utm_spec(int width, int height)
{
    RasterSpec spec;
    spec.width = width;
    spec.height = height;
    spec.type = GDT_Byte;
    spec.value = [](int, int, int) { return 1; };
    spec.geotransform = {500000, 10, 0, 6000000, 0, -10};
    spec.crs = "EPSG:32632";
    return spec;
}

/// The pixels of one tile of WebMercatorQuad's level 3.
RasterSpec mercator_tile_spec(int col, int row)
{
    RasterSpec spec = utm_spec(256, 256);
    const double tile = kHalfOfWorld / 4;
    spec.geotransform = {-kHalfOfWorld + col * tile, tile / 256, 0, kHalfOfWorld - row * tile, 0, -tile / 256};
    spec.crs = "EPSG:3857";
    return spec;
}

/// Without the functions that read the source, which does not outlive it.
CopyPlan plan_of(GDALDataset &dataset, const CreationOptions &options)
{
    const raster::SourceRaster source(dataset);
    CopyPlan plan = plan_copy(source, options);
    plan.open = nullptr;
    return plan;
}

CopyPlan plan_of(const RasterSpec &spec, const CreationOptions &options = {})
{
    const std::string path = raster::fixtures::write_raster("copy_plan.tif", spec);
    const GDALDatasetUniquePtr dataset(GDALDataset::Open(path.c_str()));
    return plan_of(*dataset, options);
}

std::string plan_fault(const RasterSpec &spec, const CreationOptions &options)
{
    try
    {
        plan_of(spec, options);
    }
    catch (const InputError &error)
    {
        return error.what();
    }
    return "none";
}

CreationOptions with_nodata_option(const std::string &text)
{
    CreationOptions options;
    options.nodata = text;
    return options;
}

CreationOptions onto(const std::string &grid)
{
    CreationOptions options;
    options.grid = grid;
    return options;
}

} // namespace

/// 600 x 300 pixels in 3 x 2 tiles; 300 x 150 in 2 x 1; 150 x 75 in one.
TEST(CopyPlan, OfTheSourcesOwnPixelsGoesUpToOneTile)
{
    const CopyPlan plan = plan_of(utm_spec(600, 300));
    EXPECT_EQ(plan.pyramid.finest - plan.pyramid.coarsest, 2);
    EXPECT_EQ(plan.base, (stac::TileRange{0, 1, 0, 2}));
    EXPECT_EQ(plan.extent, (stac::PixelWindow{0, 0, 600, 300}));
    EXPECT_EQ(plan.data_bounds, (stac::Bounds{500000, 5997000, 506000, 6000000}));
    EXPECT_EQ(plan.pyramid.tile_path.text(), "{TileMatrix}/{TileRow}/{TileCol}.tif");
    EXPECT_EQ(plan.pyramid.overview_resampling, raster::Resampling::Average);
}

TEST(CopyPlan, LevelsOfItsOwnGridEndWithThePixelsOfTheSource)
{
    CreationOptions options;
    options.levels = "1-2";
    EXPECT_EQ(plan_of(utm_spec(600, 300), options).pyramid.coarsest, 1);
    options.levels = "0-1";
    EXPECT_EQ(plan_fault(utm_spec(600, 300), options),
              "creation option LEVELS: is '0-1', should end with the pixels of the source, 2 of its own grid; GRID "
              "names another");
    options.levels = "7";
    EXPECT_EQ(plan_fault(utm_spec(600, 300), options).rfind("creation option LEVELS: ", 0), 0U);
}

TEST(CopyPlan, NodataIsAValueOfTheType)
{
    RasterSpec spec = utm_spec(300, 300);
    EXPECT_EQ(plan_of(spec, with_nodata_option("255")).pyramid.format.nodata.value().number(), 255);
    EXPECT_EQ(plan_fault(spec, with_nodata_option("256")),
              "creation option NODATA: is '256', should be a value of Byte");
    spec.type = GDT_Int16;
    EXPECT_EQ(plan_fault(spec, with_nodata_option("7.5")),
              "creation option NODATA: is '7.5', should be a value of Int16");
    EXPECT_EQ(plan_fault(spec, with_nodata_option("none")),
              "creation option NODATA: is 'none', should be a value of Int16");
    spec.type = GDT_Float32;
    EXPECT_EQ(plan_of(spec, with_nodata_option("0.1")).pyramid.format.nodata.value().number(),
              static_cast<double>(0.1F));
    EXPECT_TRUE(std::isnan(plan_of(spec, with_nodata_option("nan")).pyramid.format.nodata.value().number()));
}

/// 2^53 + 1 and 2^64 - 1 are no doubles.
TEST(CopyPlan, NodataOf64BitsIsExact)
{
    RasterSpec spec = utm_spec(300, 300);
    spec.type = GDT_Int64;
    EXPECT_EQ(plan_of(spec, with_nodata_option("9007199254740993")).pyramid.format.nodata.value().as_int64(),
              9007199254740993);
    spec.type = GDT_UInt64;
    EXPECT_EQ(plan_of(spec, with_nodata_option("18446744073709551615")).pyramid.format.nodata.value().as_uint64(),
              18446744073709551615U);
    EXPECT_EQ(plan_fault(spec, with_nodata_option("-1")),
              "creation option NODATA: is '-1', should be a value of UInt64");
}

TEST(CopyPlan, NodataBesideAlphaIsRefused)
{
    RasterSpec spec = utm_spec(300, 300);
    spec.bands = 2;
    spec.alpha = true;
    EXPECT_EQ(plan_fault(spec, with_nodata_option("0")),
              "creation option NODATA: the source has an alpha band, which says where data is");
    EXPECT_TRUE(plan_of(spec).pyramid.format.alpha);
}

/// Tiles of whole levels need nothing that says where the raster is.
TEST(CopyPlan, AMaskIsAddedWhereTilesReachBeyondTheRaster)
{
    EXPECT_FALSE(plan_of(utm_spec(512, 512)).pyramid.format.mask);
    EXPECT_TRUE(plan_of(utm_spec(512, 511)).pyramid.format.mask);
    RasterSpec spec = utm_spec(512, 511);
    spec.nodata = 9;
    EXPECT_FALSE(plan_of(spec).pyramid.format.mask) << "nodata says it";
    CreationOptions png;
    png.format = "PNG";
    spec = utm_spec(512, 511);
    spec.bands = 3;
    const CopyPlan plan = plan_of(spec, png);
    EXPECT_TRUE(plan.pyramid.format.alpha) << "PNG has no masks";
    EXPECT_EQ(plan.pyramid.format.bands, 4);
    EXPECT_EQ(plan.pyramid.tile_path.text(), "{TileMatrix}/{TileRow}/{TileCol}.png");
}

TEST(CopyPlan, WhatACopyLosesIsTold)
{
    GDALDriver *const memory = GetGDALDriverManager()->GetDriverByName("MEM");
    const GDALDatasetUniquePtr dataset(memory->Create("", 300, 300, 2, GDT_Byte, nullptr));
    dataset->GetRasterBand(1)->SetNoDataValue(0);
    dataset->GetRasterBand(2)->SetNoDataValue(1);
    const CopyPlan plan = plan_of(*dataset, {});
    EXPECT_EQ(plan.losses, (std::vector<std::string>{
                               "nodata of bands that differs from the first one's: all tiles have that one's"}));
    EXPECT_TRUE(plan_of(*dataset, with_nodata_option("5")).losses.empty()) << "as the user says";
}

TEST(CopyPlan, ASourceThatFitsATileOfAGridIsThatTile)
{
    const CopyPlan plan = plan_of(mercator_tile_spec(5, 2), onto("WebMercatorQuad"));
    EXPECT_EQ(plan.pyramid.finest, 3);
    EXPECT_EQ(plan.base, (stac::TileRange{2, 2, 5, 5}));
    EXPECT_FALSE(plan.extent);
    EXPECT_EQ(plan.pyramid.coarsest, 3) << "one tile has it all";
    CreationOptions options = onto("WebMercatorQuad");
    options.levels = "0-4";
    const CopyPlan finer = plan_of(mercator_tile_spec(5, 2), options);
    EXPECT_EQ(finer.pyramid.coarsest, 0);
    EXPECT_EQ(finer.base, (stac::TileRange{4, 5, 10, 11}));
}

TEST(CopyPlan, OnAGridNumbersThatSayNothingAreNan)
{
    RasterSpec spec = mercator_tile_spec(5, 2);
    EXPECT_TRUE(plan_of(spec, onto("WebMercatorQuad")).pyramid.format.mask);
    spec.type = GDT_Float32;
    const CopyPlan plan = plan_of(spec, onto("WebMercatorQuad"));
    EXPECT_FALSE(plan.pyramid.format.mask);
    EXPECT_TRUE(std::isnan(plan.pyramid.format.nodata.value().number()));
    spec.nodata = -9999;
    EXPECT_EQ(plan_of(spec, onto("WebMercatorQuad")).pyramid.format.nodata.value().number(), -9999);
}

TEST(CopyPlan, AGridHasToHoldTheSource)
{
    auto far = stac::TileMatrixSet::well_known("WebMercatorQuad").value();
    far.id = "Far";
    far.uri.clear();
    far.matrices.resize(1);
    far.matrices[0].cell_size = 10;
    far.matrices[0].scale_denominator = 10 / stac::kStandardPixel;
    EXPECT_EQ(plan_fault(mercator_tile_spec(5, 2), onto(stac::text_of_json(far.to_json(), -1))),
              "creation option GRID: the source lies outside of Far");
    EXPECT_EQ(plan_fault(mercator_tile_spec(5, 2), onto("Mercator")).rfind("creation option GRID: ", 0), 0U);
}

TEST(CopyPlan, TilesOfOneDatasetHaveOneSize)
{
    auto grid = stac::TileMatrixSet::well_known("WebMercatorQuad").value();
    grid.id = "Odd";
    grid.uri.clear();
    grid.matrices.resize(4);
    grid.matrices[2].tile_width = grid.matrices[2].tile_height = 512;
    grid.matrices[2].matrix_width = grid.matrices[2].matrix_height = 2;
    CreationOptions options = onto(stac::text_of_json(grid.to_json(), -1));
    options.levels = "2-3";
    EXPECT_EQ(plan_fault(mercator_tile_spec(5, 2), options),
              "creation option GRID: the tiles of Odd differ in size, those of 2 from those of 3; LEVELS=3 copies to "
              "one level");
    options.levels = "3";
    EXPECT_EQ(plan_fault(mercator_tile_spec(5, 2), options), "none");
}

} // namespace tiledir::driver
