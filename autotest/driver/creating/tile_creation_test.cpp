#include "driver/creating/tile_creation.h"

#include "autotest/driver/registered_driver.h"

#include <cpl_string.h>

namespace tiledir::driver
{

namespace
{

using raster::fixtures::RasterSpec;

class TileCreationTest : public RegisteredDriverTest
{
protected:
    /// 600 x 300 pixels of 10 m in UTM 32 N, nodata 0.
    static RasterSpec spec()
    {
        RasterSpec spec;
        spec.width = 600;
        spec.height = 300;
        spec.geotransform = {500000, 10, 0, 6000000, 0, -10};
        spec.crs = "EPSG:32632";
        spec.nodata = 0;
        spec.value = [](int, int col, int row) { return 1 + row * 600 + col; };
        spec.type = GDT_Int32;
        return spec;
    }
    GDALDatasetUniquePtr source(const RasterSpec &of) const { return raster::fixtures::make_raster(path("a.tif"), of); }
    std::string refusal(GDALDataset &dataset, const std::vector<std::string> &options, bool strict = true) const
    {
        return told_by([&] { EXPECT_EQ(copy(dataset, "map", options, strict), nullptr); });
    }
};

} // namespace

TEST_F(TileCreationTest, ACopyHasThePixelsAndThePlaceOfItsSource)
{
    const auto raster = source(spec());
    const auto map = copy(*raster, "map");
    ASSERT_NE(map, nullptr);
    EXPECT_EQ(map->GetRasterXSize(), 600);
    EXPECT_EQ(map->GetRasterYSize(), 300);
    EXPECT_EQ(raster::fixtures::band_pixels<double>(*map), raster::fixtures::band_pixels<double>(*raster));
    std::array<double, 6> place{};
    GDALGetGeoTransform(GDALDataset::ToHandle(map.get()), place.data());
    EXPECT_EQ(place, spec().geotransform);
    EXPECT_STREQ(map->GetSpatialRef()->GetAuthorityCode(nullptr), "32632");
    EXPECT_EQ(map->GetRasterBand(1)->GetOverviewCount(), 2);
    // Of 1, 2, 601 and 602.
    EXPECT_EQ(raster::fixtures::band_pixels<double>(*map->GetRasterBand(1)->GetOverview(0)->GetDataset()).at(0), 302);
}

TEST_F(TileCreationTest, TilesAreFilesThatPlainGdalReads)
{
    copy(*source(spec()), "map", {"FORMAT=GTiff", "COMPRESS=LZW", "TEMPLATE={z}/{x}/{y}.tif"});
    const GDALDatasetUniquePtr tile(GDALDataset::Open(path("map/2/2/1.tif").c_str()));
    ASSERT_NE(tile, nullptr);
    EXPECT_EQ(tile->GetRasterXSize(), 256);
    EXPECT_EQ(pixel(*tile, 87, 43), 1 + 299 * 600 + 599) << "the lower right pixel";
    EXPECT_EQ(pixel(*tile, 88, 43), 0);
    EXPECT_STREQ(tile->GetMetadataItem("COMPRESSION", "IMAGE_STRUCTURE"), "LZW");
    std::array<double, 6> place{};
    GDALGetGeoTransform(GDALDataset::ToHandle(tile.get()), place.data());
    EXPECT_EQ(place[0], 500000 + 512 * 10);
    EXPECT_EQ(place[3], 6000000 - 256 * 10);
}

TEST_F(TileCreationTest, TilesWithoutDataAreLeftOutUnlessTheUserWantsThem)
{
    RasterSpec half = spec();
    half.value = [](int, int col, int) { return col < 256 ? 5 : 0; };
    copy(*source(half), "map");
    EXPECT_TRUE(is_there("map/2/0/0.tif"));
    EXPECT_FALSE(is_there("map/2/0/1.tif"));
    copy(*source(half), "whole", {"SPARSE_OK=NO"});
    EXPECT_TRUE(is_there("whole/2/0/1.tif"));
}

TEST_F(TileCreationTest, MetadataGoAlongButForStatistics)
{
    const auto raster = source(spec());
    raster->SetMetadataItem("AUTHOR", "me");
    raster->GetRasterBand(1)->SetMetadataItem("STATISTICS_MEAN", "77");
    raster->GetRasterBand(1)->SetMetadataItem("SENSOR", "MSI");
    const auto map = copy(*raster, "map");
    EXPECT_STREQ(map->GetMetadataItem("AUTHOR"), "me");
    EXPECT_STREQ(map->GetRasterBand(1)->GetMetadataItem("SENSOR"), "MSI");
    EXPECT_EQ(map->GetRasterBand(1)->GetMetadataItem("STATISTICS_MEAN"), nullptr);
}

/// 1 to 180000.
TEST_F(TileCreationTest, StatisticsAreOfAllPixelsWhereTheyAreWanted)
{
    const auto map = copy(*source(spec()), "map", {"STATISTICS=YES"});
    EXPECT_STREQ(map->GetRasterBand(1)->GetMetadataItem("STATISTICS_MINIMUM"), "1");
    EXPECT_STREQ(map->GetRasterBand(1)->GetMetadataItem("STATISTICS_MAXIMUM"), "180000");
    EXPECT_NEAR(CPLAtof(map->GetRasterBand(1)->GetMetadataItem("STATISTICS_MEAN")), 90000.5, 1e-9);
}

TEST_F(TileCreationTest, WhatWouldBeLostIsRefusedOrWarnedOf)
{
    const auto raster = source(spec());
    GDAL_GCP point{};
    GDALInitGCPs(1, &point);
    const GDALDatasetUniquePtr memory(
        GetGDALDriverManager()->GetDriverByName("MEM")->CreateCopy("", raster.get(), FALSE, nullptr, nullptr, nullptr));
    memory->SetGCPs(1, &point, memory->GetSpatialRef());
    GDALDeinitGCPs(1, &point);
    EXPECT_EQ(refusal(*memory, {}),
              "TileDir: does not keep ground control points: gdalwarp makes a georeferenced raster of them");
    EXPECT_FALSE(is_there("map"));
    GDALDatasetUniquePtr map;
    EXPECT_EQ(told_by([&] { map = copy(*memory, "map"); }),
              "TileDir: does not keep ground control points: gdalwarp makes a georeferenced raster of them");
    EXPECT_NE(map, nullptr);
}

TEST_F(TileCreationTest, ADatasetIsNotCopiedOntoItself)
{
    const auto map = copy(*source(spec()), "map");
    const std::string before = text_of("map/stac.json");
    const std::string told = told_by(
        [&] {
            EXPECT_EQ(create_copy(path("map").c_str(), map.get(), TRUE, nullptr, GDALDummyProgress, nullptr), nullptr);
        });
    EXPECT_EQ(told.rfind(path("map") + ": is what is to be copied (", 0), 0U) << told;
    EXPECT_EQ(text_of("map/stac.json"), before);
    EXPECT_TRUE(is_there("map/2/0/0.tif"));
}

TEST_F(TileCreationTest, ANewDatasetTakesThePlaceOfAnother)
{
    copy(*source(spec()), "map");
    RasterSpec small = spec();
    small.width = small.height = 100;
    const auto raster = source(small);
    const GDALDatasetUniquePtr map(
        create_copy(path("map").c_str(), raster.get(), FALSE, nullptr, GDALDummyProgress, nullptr));
    ASSERT_NE(map, nullptr);
    EXPECT_EQ(map->GetRasterXSize(), 100);
    EXPECT_EQ(pixel(*map, 99, 99), 1 + 99 * 600 + 99);
    EXPECT_FALSE(is_there("map/2")) << "the predecessor's";
    EXPECT_FALSE(is_there("map/.tiledir/successor"));
}

TEST_F(TileCreationTest, WhoInterruptsLeavesNothing)
{
    const auto stop = [](double, const char *, void *) { return FALSE; };
    const auto raster = source(spec());
    EXPECT_EQ(
        told_by([&]
                { EXPECT_EQ(create_copy(path("map").c_str(), raster.get(), FALSE, nullptr, stop, nullptr), nullptr); }),
        path("map") + ": interrupted");
    EXPECT_FALSE(is_there("map"));
}

TEST_F(TileCreationTest, ARasterThatDoesNotFitIsRefusedBeforeAnythingIsMade)
{
    RasterSpec rotated = spec();
    rotated.geotransform[2] = 1;
    EXPECT_EQ(refusal(*source(rotated), {}),
              "source: is rotated or sheared; creation option GRID or gdalwarp brings it onto a grid");
    EXPECT_EQ(refusal(*source(spec()), {"FORMAT=PNG"}).rfind("creation option FORMAT: ", 0), 0U) << "of Int32";
    EXPECT_FALSE(is_there("map"));
}

} // namespace tiledir::driver
