#include "autotest/driver/dataset/map_of_two_bands.h"

namespace tiledir::driver
{

namespace
{

using TileDatasetTest = MapOfTwoBandsTest;

std::vector<double> window_of(GDALDataset &dataset, int col, int row, int width, int height, int buffer_width,
                              int buffer_height)
{
    std::vector<double> pixels(2 * static_cast<std::size_t>(buffer_width) * buffer_height, -7);
    EXPECT_EQ(dataset.RasterIO(GF_Read, col, row, width, height, pixels.data(), buffer_width, buffer_height,
                               GDT_Float64, 2, nullptr, 0, 0, 0, nullptr),
              CE_None);
    return pixels;
}

} // namespace

TEST_F(TileDatasetTest, WindowsReadAsPlainGdalReadsTheSource)
{
    const auto tiles = map();
    const auto file = source();
    ASSERT_NE(tiles, nullptr);
    EXPECT_EQ(window_of(*tiles, 0, 0, 600, 300, 600, 300), window_of(*file, 0, 0, 600, 300, 600, 300));
    EXPECT_EQ(window_of(*tiles, 250, 250, 12, 13, 12, 13), window_of(*file, 250, 250, 12, 13, 12, 13));
    EXPECT_EQ(window_of(*tiles, 255, 255, 2, 2, 10, 10), window_of(*file, 255, 255, 2, 2, 10, 10));
}

TEST_F(TileDatasetTest, OverviewsHaveTheExtentOfTheirBase)
{
    const auto tiles = map();
    GDALRasterBand *const band = tiles->GetRasterBand(1);
    ASSERT_EQ(band->GetOverviewCount(), 2);
    EXPECT_EQ(band->GetOverview(0)->GetXSize(), 300);
    EXPECT_EQ(band->GetOverview(0)->GetYSize(), 150);
    EXPECT_EQ(band->GetOverview(1)->GetXSize(), 150);
    EXPECT_EQ(band->GetOverview(2), nullptr);
    EXPECT_EQ(band->GetOverview(-1), nullptr);
    std::array<double, 6> place{};
    GDALGetGeoTransform(GDALDataset::ToHandle(band->GetOverview(1)->GetDataset()), place.data());
    EXPECT_EQ(place, (std::array<double, 6>{500000, 40, 0, 6000000, 0, -40}));
}

TEST_F(TileDatasetTest, OneLevelOpensAlone)
{
    const auto tiles = map({"LEVEL=1"});
    EXPECT_EQ(tiles->GetRasterXSize(), 512); // two tiles of it
    EXPECT_EQ(tiles->GetRasterYSize(), 256);
    EXPECT_EQ(tiles->GetRasterBand(1)->GetOverviewCount(), 0);
    EXPECT_STREQ(tiles->GetMetadataItem("TILE_MATRIX", "TILEDIR"), "1");
    EXPECT_EQ(told_by([this] { EXPECT_EQ(map_for_update({"LEVEL=1"}), nullptr); }),
              path("map/stac.json") +
                  ": open option LEVEL: opens read-only; the base level is written to, the others are made from it");
}

TEST_F(TileDatasetTest, TellsWhatTheItemSays)
{
    const auto tiles = map();
    EXPECT_STREQ(tiles->GetMetadataItem("TITLE"), "A map");
    EXPECT_STREQ(tiles->GetMetadataItem("DATETIME"), "2024-05-31T12:00:00Z");
    EXPECT_STREQ(tiles->GetMetadataItem("ID"), "map");
    EXPECT_STREQ(tiles->GetMetadataItem("TEMPLATE", "TILEDIR"), "{TileMatrix}/{TileRow}/{TileCol}.tif");
    EXPECT_STREQ(tiles->GetMetadataItem("INTERLEAVE", "IMAGE_STRUCTURE"), "PIXEL");
    EXPECT_STREQ(tiles->GetSpatialRef()->GetAuthorityCode(nullptr), "32632");
}

TEST_F(TileDatasetTest, ItsFilesAreTheItemAndWhatIsKeptBesideIt)
{
    const auto files = [this] { return std::string(CPLStringList(map()->GetFileList())[0]); };
    EXPECT_EQ(files(), path("map/stac.json"));
    boost::filesystem::remove(path("map/stac.json.aux.xml"));
    EXPECT_EQ(CPLStringList(map()->GetFileList()).size(), 1);
    map()->SetMetadataItem("AUTHOR", "me");
    EXPECT_EQ(CPLStringList(map()->GetFileList()).size(), 2);
}

TEST_F(TileDatasetTest, ATileThatIsMissingIsNodataOrAnError)
{
    EXPECT_EQ(pixel(*map(), 599, 0), -1);
    boost::filesystem::remove(path("map/2/0/0.tif"));
    EXPECT_EQ(pixel(*map(), 5, 5), -1);
    const auto strict = map({"MISSING_TILES=ERROR"});
    const std::string told = refusal(
        [&]
        {
            double value = 0;
            return strict->GetRasterBand(1)->RasterIO(GF_Read, 5, 5, 1, 1, &value, 1, 1, GDT_Float64, 0, 0, nullptr);
        });
    EXPECT_NE(told.find(path("map/2/0/0.tif")), std::string::npos) << told;
}

TEST_F(TileDatasetTest, ATileThatIsCorruptIsToldByItsPath)
{
    write("map/2/1/1.tif", "no tile");
    const auto tiles = map();
    EXPECT_EQ(pixel(*tiles, 5, 5), 10);
    const std::string told = refusal(
        [&]
        {
            double value = 0;
            return tiles->GetRasterBand(1)->RasterIO(GF_Read, 300, 299, 1, 1, &value, 1, 1, GDT_Float64, 0, 0, nullptr);
        });
    EXPECT_EQ(told.rfind(path("map/2/1/1.tif") + ": ", 0), 0U) << told;
}

TEST_F(TileDatasetTest, AReadCanBeInterrupted)
{
    const auto tiles = map();
    GDALRasterIOExtraArg extra;
    INIT_RASTERIO_EXTRA_ARG(extra);
    extra.pfnProgress = [](double, const char *, void *) { return FALSE; };
    std::vector<float> pixels(600 * 300);
    EXPECT_EQ(refusal(
                  [&]
                  {
                      return tiles->GetRasterBand(1)->RasterIO(GF_Read, 0, 0, 600, 300, pixels.data(), 600, 300,
                                                               GDT_Float32, 0, 0, &extra);
                  }),
              "Interrupted by the user");
}

TEST_F(TileDatasetTest, TreesAndCompressedItemsOpenReadOnly)
{
    write_png("bare/3/5/2.png");
    EXPECT_NE(open("bare", {"SCHEME=XYZ"}), nullptr);
    EXPECT_EQ(told_by([this] { EXPECT_EQ(open("bare", {"SCHEME=XYZ"}, GDAL_OF_UPDATE), nullptr); }),
              path("bare") + ": opens read-only: only a directory with a STAC item says how its tiles are made");
}

} // namespace tiledir::driver
