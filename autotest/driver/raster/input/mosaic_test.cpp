#include "driver/raster/input/mosaic.h"

#include "autotest/driver/raster/gdal_rasters.h"
#include "stac/error.h"

#include <gtest/gtest.h>

using namespace tiledir;
using namespace tiledir::raster;
using namespace tiledir::raster::fixtures;

namespace
{

std::string refusal(const std::vector<std::string> &paths)
{
    try
    {
        Mosaic::open(paths, std::nullopt);
    }
    catch (const InputError &error)
    {
        return error.what();
    }
    return "accepted";
}

void expect_grid_of_vrt(const std::vector<std::string> &paths)
{
    const Mosaic mosaic = Mosaic::open(paths, std::nullopt);
    const GDALDatasetUniquePtr vrt = build_vrt(paths);
    ASSERT_TRUE(vrt);
    EXPECT_EQ(mosaic.width(), vrt->GetRasterXSize());
    EXPECT_EQ(mosaic.height(), vrt->GetRasterYSize());
    EXPECT_EQ(mosaic.bands(), vrt->GetRasterCount());
    std::array<double, 6> expected{};
    GDALGetGeoTransform(GDALDataset::ToHandle(vrt.get()), expected.data());
    for (std::size_t i = 0; i < 6; ++i)
    {
        EXPECT_DOUBLE_EQ(mosaic.geotransform()[i], expected[i]) << i;
    }
}

} // namespace

TEST(Mosaic, OfTwoOverlappingHalvesHasTheGridOfTheirVrt)
{
    expect_grid_of_vrt(jacksboro());
}

TEST(Mosaic, OfOneFileHasItsGridToTheLastBit)
{
    const std::string path = TILEDIR_TEST_DATA "/jacksboro_west.tif";
    const Mosaic mosaic = Mosaic::open({path}, std::nullopt);
    const GDALDatasetUniquePtr file(GDALDataset::Open(path.c_str()));
    std::array<double, 6> expected{};
    GDALGetGeoTransform(GDALDataset::ToHandle(file.get()), expected.data());
    EXPECT_EQ(mosaic.geotransform(), expected);
    EXPECT_EQ(mosaic.type(), GDT_Int16);
    EXPECT_FALSE(mosaic.has_color_table());
}

TEST(Mosaic, PlacesAlignedFilesOnWholePixels)
{
    const Mosaic mosaic = Mosaic::open(jacksboro(), std::nullopt);
    ASSERT_EQ(mosaic.sources().size(), 2U);
    for (const MosaicSource &source : mosaic.sources())
    {
        EXPECT_TRUE(source.aligned) << source.path;
        EXPECT_EQ(source.cols, source.width);
    }
    EXPECT_EQ(mosaic.sources()[1].col + mosaic.sources()[1].width, mosaic.width());
}

TEST(Mosaic, OfFilesOfTwoResolutionsTakesTheFiner)
{
    RasterSpec fine;
    fine.geotransform = {10, 0.5, 0, 50, 0, -0.25};
    RasterSpec coarse;
    coarse.geotransform = {11.3, 1, 0, 50.1, 0, -1};
    const std::vector<std::string> paths{write_raster("mosaic_fine.tif", fine),
                                         write_raster("mosaic_coarse.tif", coarse)};
    expect_grid_of_vrt(paths);
    EXPECT_FALSE(Mosaic::open(paths, std::nullopt).sources()[1].aligned);
}

TEST(Mosaic, HasATypeThatHoldsAllFiles)
{
    RasterSpec byte;
    byte.type = GDT_Byte;
    RasterSpec floating;
    floating.type = GDT_Float32;
    const Mosaic mosaic = Mosaic::open(
        {write_raster("mosaic_byte.tif", byte), write_raster("mosaic_floating.tif", floating)}, std::nullopt);
    EXPECT_EQ(mosaic.type(), GDT_Float32);
}

TEST(Mosaic, CountsNoAlphaBand)
{
    RasterSpec spec;
    spec.type = GDT_Byte;
    spec.bands = 2;
    spec.alpha = true;
    EXPECT_EQ(Mosaic::open({write_raster("mosaic_alpha.tif", spec)}, std::nullopt).bands(), 1);
}

TEST(Mosaic, KnowsTheUnitOfItsFirstBand)
{
    const std::string path = "/vsimem/mosaic_feet.tif";
    make_raster(path, {})->GetRasterBand(1)->SetUnitType("ft");
    EXPECT_EQ(Mosaic::open({path}, std::nullopt).unit(), "ft");
}

TEST(Mosaic, HasTheBoundsOfAllFiles)
{
    RasterSpec east;
    east.geotransform = {7, 1, 0, 2, 0, -1};
    const stac::Bounds bounds =
        Mosaic::open({write_raster("mosaic_west.tif", {}), write_raster("mosaic_east.tif", east)}, std::nullopt)
            .bounds();
    EXPECT_EQ(bounds.min_x, 0);
    EXPECT_EQ(bounds.max_x, 11);
    EXPECT_EQ(bounds.min_y, -4);
    EXPECT_EQ(bounds.max_y, 2);
}

TEST(Mosaic, RefusesWhatItCannotUseAndNamesTheFile)
{
    const std::string good = write_raster("mosaic_good.tif", {});
    RasterSpec no_crs;
    no_crs.crs = "";
    RasterSpec rotated;
    rotated.geotransform = {0, 1, 0.2, 0, 0.2, -1};
    RasterSpec south_up;
    south_up.geotransform = {0, 1, 0, 0, 0, 1};
    RasterSpec mercator;
    mercator.crs = "EPSG:3857";
    RasterSpec two_bands;
    two_bands.bands = 2;
    VSIFCloseL(VSIFOpenL("/vsimem/mosaic_text.tif", "wb"));
    const std::vector<std::pair<std::string, std::string>> cases{
        {"/vsimem/mosaic_absent.tif", "cannot be opened"},
        {"/vsimem/mosaic_text.tif", "cannot be opened"},
        {write_raster("mosaic_no_crs.tif", no_crs), "no coordinate reference system"},
        {write_raster("mosaic_rotated.tif", rotated), "rotated"},
        {write_raster("mosaic_south_up.tif", south_up), "north-up"},
        {write_raster("mosaic_mercator.tif", mercator), "'WGS 84 / Pseudo-Mercator (EPSG:3857)'"},
        {write_raster("mosaic_two_bands.tif", two_bands), "2 bands"}};
    for (const auto &[path, reason] : cases)
    {
        const std::string message = refusal({good, path});
        EXPECT_EQ(message.rfind(path, 0), 0U) << message;
        EXPECT_NE(message.find(reason), std::string::npos) << message;
        EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    }
    EXPECT_EQ(refusal({good}), "accepted");
    EXPECT_NE(refusal({}).find("no files"), std::string::npos);
}

TEST(Mosaic, OfFilesOnBothSidesOfTheAntimeridianBeginsAtTheWidestGap)
{
    const auto file = [](const std::string &name, double west)
    {
        RasterSpec spec;
        spec.width = 20;
        spec.geotransform = {west, 0.1, 0, 5, 0, -0.1};
        return write_raster(name, spec);
    };
    const std::string fiji_west = file("fiji_west.tif", 178);
    const std::string fiji_east = file("fiji_east.tif", -180);
    for (const auto &paths : {std::vector{fiji_west, fiji_east}, std::vector{fiji_east, fiji_west}})
    {
        const Mosaic mosaic = Mosaic::open(paths, std::nullopt);
        EXPECT_EQ(mosaic.width(), 40);
        EXPECT_EQ(mosaic.geotransform()[0], 178);
        EXPECT_EQ(mosaic.turn(), 0);
        EXPECT_TRUE(mosaic.sources()[0].aligned && mosaic.sources()[1].aligned);
    }
    // Japan and Chile have the Pacific between them, and no file at 180 degrees.
    const Mosaic apart = Mosaic::open({file("japan.tif", 140), file("chile.tif", -70)}, std::nullopt);
    EXPECT_EQ(apart.geotransform()[0], -70);
    EXPECT_EQ(apart.width(), 2120);
}
