#include "autotest/driver/dataset/map_of_two_bands.h"

namespace tiledir::driver
{

namespace
{

class TileDatasetWriteTest : public MapOfTwoBandsTest
{
protected:
    static CPLErr give(GDALDataset &dataset, int col, int row, int width, int height, std::vector<double> pixels,
                       int buffer_width, int buffer_height)
    {
        return dataset.GetRasterBand(1)->RasterIO(GF_Write, col, row, width, height, pixels.data(), buffer_width,
                                                  buffer_height, GDT_Float64, 0, 0, nullptr);
    }
    static double overview_pixel(GDALDataset &dataset, int overview, int col, int row)
    {
        return pixel(*dataset.GetRasterBand(1)->GetOverview(overview)->GetDataset(), col, row);
    }
};

} // namespace

TEST_F(TileDatasetWriteTest, WhatIsGivenIsReadBeforeItIsStored)
{
    auto tiles = map_for_update();
    ASSERT_NE(tiles, nullptr);
    EXPECT_EQ(give(*tiles, 255, 0, 2, 1, {1000, 1001}, 2, 1), CE_None);
    EXPECT_EQ(pixel(*tiles, 255, 0), 1000);
    EXPECT_EQ(pixel(*tiles, 256, 0), 1001);
    EXPECT_EQ(pixel(*tiles, 257, 0), 257);
    EXPECT_EQ(pixel(*map(), 255, 0), 255) << "others see what is stored";
    tiles.reset();
    EXPECT_EQ(pixel(*map(), 256, 0), 1001);
    EXPECT_EQ(pixel(*map(), 256, 0, 2), 512) << "the other band stays";
}

/// By nearest neighbour: each of 2 x 2 values becomes 2 x 3 pixels.
TEST_F(TileDatasetWriteTest, ASmallerBufferIsSpreadOverTheWindow)
{
    const auto tiles = map_for_update();
    EXPECT_EQ(give(*tiles, 10, 20, 6, 4, {1, 2, 3, 4}, 2, 2), CE_None);
    EXPECT_EQ(pixel(*tiles, 12, 21), 1);
    EXPECT_EQ(pixel(*tiles, 13, 21), 2);
    EXPECT_EQ(pixel(*tiles, 10, 22), 3);
    EXPECT_EQ(pixel(*tiles, 15, 23), 4);
    EXPECT_EQ(pixel(*tiles, 16, 23), 39) << "not of the window";
}

TEST_F(TileDatasetWriteTest, AFlushMakesTheOverviewsAgain)
{
    const auto tiles = map_for_update();
    EXPECT_EQ(give(*tiles, 0, 0, 4, 4, std::vector<double>(16, 1000), 4, 4), CE_None);
    tiles->FlushCache(false);
    EXPECT_EQ(overview_pixel(*tiles, 0, 1, 1), 1000);
    EXPECT_EQ(overview_pixel(*tiles, 1, 0, 0), 1000);
    EXPECT_EQ(overview_pixel(*map(), 1, 0, 0), 1000);
}

TEST_F(TileDatasetWriteTest, OverviewsWaitAsLongAsTheUserSays)
{
    auto tiles = map_for_update({"REFRESH=CLOSE"});
    EXPECT_EQ(give(*tiles, 0, 0, 4, 4, std::vector<double>(16, 1000), 4, 4), CE_None);
    tiles->FlushCache(false);
    EXPECT_EQ(pixel(*map(), 0, 0), 1000);
    EXPECT_NE(overview_pixel(*map(), 0, 0, 0), 1000);
    tiles.reset();
    EXPECT_EQ(overview_pixel(*map(), 0, 0, 0), 1000);
    tiles = map_for_update({"REFRESH=NO"});
    EXPECT_EQ(give(*tiles, 0, 0, 4, 4, std::vector<double>(16, 2000), 4, 4), CE_None);
    tiles.reset();
    EXPECT_EQ(pixel(*map(), 0, 0), 2000);
    EXPECT_EQ(overview_pixel(*map(), 0, 0, 0), 1000);
}

TEST_F(TileDatasetWriteTest, ATileMayComeToBeWhereNoneWas)
{
    auto tiles = map_for_update();
    EXPECT_EQ(give(*tiles, 599, 299, 1, 1, {5}, 1, 1), CE_None);
    tiles.reset();
    EXPECT_TRUE(is_there("map/2/1/2.tif"));
    EXPECT_EQ(pixel(*map(), 599, 299), 5);
    EXPECT_EQ(pixel(*map(), 598, 299), -1);
}

TEST_F(TileDatasetWriteTest, ChangesThroughGdalsBlocksAreStoredToo)
{
    auto tiles = map_for_update();
    GDALRasterBlock *block = tiles->GetRasterBand(1)->GetLockedBlockRef(2, 1); // 88 x 44 pixels of it
    ASSERT_NE(block, nullptr);
    static_cast<GInt16 *>(block->GetDataRef())[43 * 256 + 87] = 77;
    block->MarkDirty();
    block->DropLock();
    EXPECT_EQ(pixel(*tiles, 599, 299), 77);
    tiles.reset();
    EXPECT_EQ(pixel(*map(), 599, 299), 77);
}

TEST_F(TileDatasetWriteTest, StatisticsOfFormerPixelsGo)
{
    {
        const auto tiles = map();
        double value = 0;
        EXPECT_EQ(tiles->GetRasterBand(1)->GetStatistics(FALSE, TRUE, &value, &value, &value, &value), CE_None);
    }
    EXPECT_NE(map()->GetRasterBand(1)->GetMetadataItem("STATISTICS_MAXIMUM"), nullptr);
    auto tiles = map_for_update();
    EXPECT_EQ(give(*tiles, 0, 0, 1, 1, {5000}, 1, 1), CE_None);
    tiles.reset();
    EXPECT_EQ(map()->GetRasterBand(1)->GetMetadataItem("STATISTICS_MAXIMUM"), nullptr);
}

TEST_F(TileDatasetWriteTest, WhatIsOpenReadOnlyTakesNothing)
{
    const auto tiles = map();
    EXPECT_NE(refusal([&] { return give(*tiles, 0, 0, 1, 1, {5}, 1, 1); }), "");
    EXPECT_EQ(refusal([&] { return tiles->BuildOverviews("AVERAGE", 0, nullptr, 0, nullptr, nullptr, nullptr); }),
              path("map/stac.json") + ": is open read-only; its overviews are made again by opening it for update "
                                      "(gdaladdo without -ro) or by tiledir refresh");
}

TEST_F(TileDatasetWriteTest, OverviewsAreMadeAgainByAnotherKernelAndNotRemoved)
{
    auto tiles = map_for_update();
    EXPECT_EQ(overview_pixel(*tiles, 0, 0, 0), 1); // of 0, 1, 1 and 2
    const int factor = 2;
    EXPECT_EQ(tiles->BuildOverviews("RMS", 1, &factor, 0, nullptr, GDALDummyProgress, nullptr), CE_None);
    EXPECT_EQ(overview_pixel(*tiles, 0, 1, 0), 3); // root of (2^2 + 3^2 + 3^2 + 4^2) / 4 = 3.08
    EXPECT_EQ(overview_pixel(*tiles, 1, 0, 0), 3); // root of (1^2 + 3^2 + 3^2 + 5^2) / 4 = 3.3; of means 3
    EXPECT_EQ(refusal([&] { return tiles->BuildOverviews("NONE", 0, nullptr, 0, nullptr, nullptr, nullptr); }),
              path("map/stac.json") + ": overviews are levels of the grid and stay: they are made again, not removed");
    const int known = tiles->GetRasterBand(1)->GetOverviewCount();
    EXPECT_EQ(known, 2);
}

} // namespace tiledir::driver
