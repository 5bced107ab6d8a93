#include "autotest/driver/dataset/map_of_two_bands.h"

namespace tiledir::driver
{

namespace
{

using TileBandTest = MapOfTwoBandsTest;

} // namespace

TEST_F(TileBandTest, SaysWhatTheItemSaysOfIt)
{
    const auto tiles = map();
    for (GDALRasterBand *band : {tiles->GetRasterBand(1), tiles->GetRasterBand(1)->GetOverview(1)})
    {
        EXPECT_STREQ(band->GetDescription(), "height");
        EXPECT_STREQ(band->GetUnitType(), "m");
        EXPECT_EQ(band->GetScale(), 0.5);
        EXPECT_EQ(band->GetOffset(), -100);
        int has = FALSE;
        EXPECT_EQ(band->GetNoDataValue(&has), -1);
        EXPECT_TRUE(has);
    }
    int has = TRUE;
    EXPECT_EQ(tiles->GetRasterBand(2)->GetScale(&has), 1);
    EXPECT_FALSE(has);
    EXPECT_STREQ(tiles->GetRasterBand(2)->GetUnitType(), "");
}

TEST_F(TileBandTest, ItsBlocksAreTheTiles)
{
    int width = 0;
    int height = 0;
    map()->GetRasterBand(1)->GetBlockSize(&width, &height);
    EXPECT_EQ(width, 256);
    EXPECT_EQ(height, 256);
}

TEST_F(TileBandTest, TellsWhichTileAPixelIsIn)
{
    const auto tiles = map();
    GDALRasterBand *const band = tiles->GetRasterBand(2);
    EXPECT_EQ(band->GetMetadataItem("Pixel_300_299", "LocationInfo"),
              "<LocationInfo><File>" + path("map/2/1/1.tif") + "</File></LocationInfo>");
    EXPECT_EQ(band->GetMetadataItem("Pixel_599_0", "LocationInfo"),
              "<LocationInfo><File>" + path("map/2/0/2.tif") + "</File></LocationInfo>")
        << "there or not";
    for (const char *beyond : {"Pixel_600_0", "Pixel_0_300", "Pixel_-1_0", "Pixel_1", "GeoPixel_1_1"})
    {
        EXPECT_EQ(band->GetMetadataItem(beyond, "LocationInfo"), nullptr) << beyond;
    }
}

/// Columns 512 to 599 have no tiles: 88 of 600.
TEST_F(TileBandTest, KnowsWhereTilesAreWithoutReadingThem)
{
    const auto tiles = map();
    GDALRasterBand *const band = tiles->GetRasterBand(1);
    double percent = 0;
    EXPECT_EQ(band->GetDataCoverageStatus(0, 0, 600, 300, 0, &percent),
              GDAL_DATA_COVERAGE_STATUS_DATA | GDAL_DATA_COVERAGE_STATUS_EMPTY);
    EXPECT_NEAR(percent, 100.0 * 512 / 600, 1e-9);
    EXPECT_EQ(band->GetDataCoverageStatus(512, 0, 88, 300, 0, &percent), GDAL_DATA_COVERAGE_STATUS_EMPTY);
    EXPECT_EQ(percent, 0);
    EXPECT_EQ(band->GetDataCoverageStatus(10, 10, 5, 5, 0, &percent), GDAL_DATA_COVERAGE_STATUS_DATA);
    EXPECT_EQ(percent, 100);
}

TEST_F(TileBandTest, StatisticsOfTheItemCountForMoreThanThoseBesideIt)
{
    const auto copied = source();
    copy(*copied, "known", {"STATISTICS=YES"});
    write("known/stac.json.aux.xml", "<PAMDataset><PAMRasterBand band=\"1\"><Metadata><MDI key=\"STATISTICS_MINIMUM\">"
                                     "77</MDI><MDI key=\"STATISTICS_APPROXIMATE\">YES</MDI></Metadata>"
                                     "</PAMRasterBand></PAMDataset>");
    const auto known = open("known");
    double minimum = -7;
    double maximum = -7;
    EXPECT_EQ(known->GetRasterBand(1)->GetStatistics(FALSE, FALSE, &minimum, &maximum, nullptr, nullptr), CE_None);
    EXPECT_EQ(minimum, 0);
    EXPECT_EQ(maximum, 511 + 299);
    EXPECT_EQ(known->GetRasterBand(1)->GetMetadataItem("STATISTICS_APPROXIMATE"), nullptr);
}

TEST_F(TileBandTest, AColourTableIsThatOfTheTiles)
{
    raster::fixtures::RasterSpec spec;
    spec.width = spec.height = 300;
    spec.type = GDT_Byte;
    spec.value = [](int, int col, int) { return col % 3; };
    const auto file = raster::fixtures::make_raster(path("colors.tif"), spec);
    const GDALDatasetUniquePtr memory(
        GetGDALDriverManager()->GetDriverByName("MEM")->CreateCopy("", file.get(), FALSE, nullptr, nullptr, nullptr));
    GDALColorTable table;
    const GDALColorEntry orange{255, 128, 0, 255};
    table.SetColorEntry(2, &orange);
    memory->GetRasterBand(1)->SetColorTable(&table);
    copy(*memory, "colors", {"FORMAT=PNG"});
    const auto tiles = open("colors");
    ASSERT_NE(tiles, nullptr);
    EXPECT_EQ(tiles->GetRasterBand(1)->GetColorInterpretation(), GCI_PaletteIndex);
    const GDALColorTable *found = tiles->GetRasterBand(1)->GetColorTable();
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->GetColorEntry(2)->c2, 128);
    const auto update = open("colors", {}, GDAL_OF_UPDATE);
    EXPECT_EQ(update->GetRasterBand(1)->SetColorTable(update->GetRasterBand(1)->GetColorTable()), CE_None);
    EXPECT_EQ(refusal([&] { return update->GetRasterBand(1)->SetColorTable(nullptr); }),
              path("colors/stac.json") + ": its colour table is in every tile and stays; a copy may have another one");
}

} // namespace tiledir::driver
