#include "driver/creating/created_dataset.h"

#include "autotest/driver/registered_driver.h"

namespace tiledir::driver
{

namespace
{

class CreatedDatasetTest : public RegisteredDriverTest
{
protected:
    /// 300 x 200 pixels.
    GDALDatasetUniquePtr create(const std::vector<std::string> &options = {}, int bands = 1,
                                GDALDataType type = GDT_Int16) const
    {
        return GDALDatasetUniquePtr(
            m_driver.Create(path("map").c_str(), 300, 200, bands, type, list_of(options).List()));
    }
    static void place(GDALDataset &dataset, const std::string &crs = "EPSG:32632")
    {
        std::array<double, 6> values{500000, 10, 0, 6000000, 0, -10};
        GDALSetGeoTransform(GDALDataset::ToHandle(&dataset), values.data());
        OGRSpatialReference srs;
        srs.SetFromUserInput(crs.c_str());
        dataset.SetSpatialRef(&srs);
    }
    static void fill(GDALDataset &dataset, int col, int row, int width, int height, double value)
    {
        std::vector<double> pixels(static_cast<std::size_t>(width) * height, value);
        EXPECT_EQ(dataset.GetRasterBand(1)->RasterIO(GF_Write, col, row, width, height, pixels.data(), width, height,
                                                     GDT_Float64, 0, 0, nullptr),
                  CE_None);
    }
    static std::size_t stages()
    {
        const CPLStringList names(VSIReadDir("/vsimem/"));
        std::size_t count = 0;
        for (int index = 0; index < names.size(); ++index)
        {
            count += std::string(names[index]).rfind("tiledir-create-", 0) == 0 ? 1 : 0;
        }
        return count;
    }
};

} // namespace

TEST_F(CreatedDatasetTest, PlaceAndNodataMayComeAfterThePixels)
{
    auto dataset = create();
    ASSERT_NE(dataset, nullptr);
    fill(*dataset, 10, 10, 50, 50, 7);
    EXPECT_FALSE(is_there("map/stac.json"));
    dataset->GetRasterBand(1)->SetNoDataValue(0);
    dataset->GetRasterBand(1)->SetDescription("height");
    place(*dataset);
    dataset.reset();
    const auto map = open("map");
    ASSERT_NE(map, nullptr);
    EXPECT_EQ(map->GetRasterXSize(), 300);
    EXPECT_EQ(pixel(*map, 10, 10), 7);
    EXPECT_EQ(pixel(*map, 9, 10), 0);
    EXPECT_EQ(map->GetRasterBand(1)->GetNoDataValue(), 0);
    EXPECT_STREQ(map->GetRasterBand(1)->GetDescription(), "height");
    EXPECT_STREQ(map->GetSpatialRef()->GetAuthorityCode(nullptr), "32632");
    EXPECT_FALSE(is_there("map/1/0/1.tif")) << "without data";
}

TEST_F(CreatedDatasetTest, TheFirstFlushMakesTilesAndWhatFollowsUpdatesThem)
{
    auto dataset = create();
    place(*dataset);
    dataset->GetRasterBand(1)->SetNoDataValue(0);
    fill(*dataset, 0, 0, 256, 200, 7);
    EXPECT_EQ(stages(), 1U);
    dataset->FlushCache();
    EXPECT_EQ(stages(), 0U);
    EXPECT_TRUE(is_there("map/stac.json"));
    EXPECT_TRUE(is_there("map/1/0/0.tif"));
    EXPECT_FALSE(is_there("map/1/0/1.tif"));
    fill(*dataset, 256, 0, 44, 200, 9);
    EXPECT_EQ(pixel(*dataset, 299, 199), 9);
    EXPECT_EQ(pixel(*dataset, 0, 0), 7);
    dataset.reset();
    const auto map = open("map");
    EXPECT_EQ(pixel(*map, 299, 199), 9);
    EXPECT_EQ(pixel(*map, 0, 0), 7);
}

TEST_F(CreatedDatasetTest, OntoAnotherGridAllWaitsForTheEnd)
{
    auto dataset = create({"GRID=WebMercatorQuad"});
    place(*dataset);
    dataset->GetRasterBand(1)->SetNoDataValue(0);
    fill(*dataset, 0, 0, 300, 200, 7);
    dataset->FlushCache();
    EXPECT_FALSE(is_there("map/stac.json"));
    EXPECT_EQ(stages(), 1U);
    dataset.reset();
    EXPECT_EQ(stages(), 0U);
    const auto map = open("map");
    ASSERT_NE(map, nullptr);
    EXPECT_STREQ(map->GetSpatialRef()->GetAuthorityCode(nullptr), "3857");
    EXPECT_EQ(item_of("map")["properties"]["proj:code"], "EPSG:3857");
}

/// Beyond 2^53.
TEST_F(CreatedDatasetTest, NodataOf64BitsStaysExact)
{
    auto dataset = create({}, 1, GDT_Int64);
    place(*dataset);
    dataset->GetRasterBand(1)->SetNoDataValueAsInt64(9007199254740993);
    EXPECT_EQ(dataset->GetRasterBand(1)->GetNoDataValueAsInt64(), 9007199254740993);
    fill(*dataset, 0, 0, 1, 1, 5);
    dataset.reset();
    EXPECT_EQ(open("map")->GetRasterBand(1)->GetNoDataValueAsInt64(), 9007199254740993);
}

TEST_F(CreatedDatasetTest, WhatCannotBeMadeIsToldAtOnce)
{
    EXPECT_EQ(told_by([this] { EXPECT_EQ(create({"TILE_SIZE=none"}), nullptr); }),
              "creation option TILE_SIZE: is 'none', should be a number from 1 to 65536");
    write("map/photo.jpg", "");
    EXPECT_EQ(
        told_by([this]
                { EXPECT_EQ(CreatedDataset::create(path("map").c_str(), 300, 200, 1, GDT_Byte, nullptr), nullptr); }),
        path("map") + ": holds something else (photo.jpg); name a folder that is new or empty");
    EXPECT_EQ(stages(), 0U);
}

TEST_F(CreatedDatasetTest, WhatFailsAtItsEndLeavesNothing)
{
    auto dataset = create({"FORMAT=JPEG"}); // which has no Int16
    place(*dataset);
    fill(*dataset, 0, 0, 1, 1, 5);
    EXPECT_NE(told_by([&] { dataset.reset(); }), "");
    EXPECT_FALSE(is_there("map"));
    EXPECT_EQ(stages(), 0U);
}

/// GTiff's blocks cannot be of 100 pixels: the stage's are others than the tiles'.
TEST_F(CreatedDatasetTest, TilesOfAnySizeAreMade)
{
    auto dataset = create({"TILE_SIZE=100"});
    place(*dataset);
    fill(*dataset, 0, 0, 300, 200, 7);
    dataset.reset();
    const auto map = open("map");
    ASSERT_NE(map, nullptr);
    int width = 0;
    int height = 0;
    map->GetRasterBand(1)->GetBlockSize(&width, &height);
    EXPECT_EQ(width, 100);
    EXPECT_EQ(pixel(*map, 299, 199), 7);
}

} // namespace tiledir::driver
