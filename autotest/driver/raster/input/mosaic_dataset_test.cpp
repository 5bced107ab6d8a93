#include "driver/raster/input/mosaic_dataset.h"

#include "autotest/driver/raster/gdal_rasters.h"
#include "autotest/driver/raster/input/opened_mosaic.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace tiledir::raster;
using namespace tiledir::raster::fixtures;

namespace
{

} // namespace

TEST(MosaicDataset, IsTheVrtOfItsFilesInFloat)
{
    MosaicDataset dataset(open_mosaic(jacksboro()), GDT_Float32);
    const GDALDatasetUniquePtr vrt = build_vrt(jacksboro());
    EXPECT_EQ(dataset.GetRasterXSize(), vrt->GetRasterXSize());
    EXPECT_EQ(dataset.GetRasterYSize(), vrt->GetRasterYSize());
    EXPECT_TRUE(dataset.GetSpatialRef()->IsSame(vrt->GetSpatialRef()));
    std::array<double, 6> geotransform{};
    EXPECT_EQ(GDALGetGeoTransform(GDALDataset::ToHandle(&dataset), geotransform.data()), CE_None);
    EXPECT_EQ(geotransform[0], open_mosaic(jacksboro())->geotransform()[0]);
    EXPECT_EQ(dataset.GetRasterBand(1)->GetRasterDataType(), GDT_Float32);
    EXPECT_TRUE(std::isnan(dataset.GetRasterBand(1)->GetNoDataValue(nullptr)));
    EXPECT_EQ(band_pixels<float>(dataset), band_pixels<float>(*vrt));
}

TEST(MosaicDataset, ReadsByBlocksWhatItReadsDirectly)
{
    MosaicDataset dataset(open_mosaic(jacksboro()), GDT_Float64);
    GDALRasterBand *band = dataset.GetRasterBand(1);
    int width = 0;
    int height = 0;
    band->GetBlockSize(&width, &height);
    const std::vector<double> expected = band_pixels<double>(dataset);
    std::vector<double> block(static_cast<std::size_t>(width) * height);
    // The last block is cut off by the mosaic's edges.
    const int block_col = (dataset.GetRasterXSize() - 1) / width;
    const int block_row = (dataset.GetRasterYSize() - 1) / height;
    ASSERT_EQ(band->ReadBlock(block_col, block_row, block.data()), CE_None);
    for (int row = block_row * height; row < dataset.GetRasterYSize(); ++row)
    {
        for (int col = block_col * width; col < dataset.GetRasterXSize(); ++col)
        {
            ASSERT_EQ(block[(row - block_row * height) * width + col - block_col * width],
                      expected[row * dataset.GetRasterXSize() + col]);
        }
    }
}

TEST(MosaicDataset, ReadsAnyBandsInAnyLayoutAndType)
{
    RasterSpec spec;
    spec.bands = 3;
    spec.value = [](int band, int col, int row) { return 100 * band + 10 * row + col; };
    MosaicDataset dataset(open_mosaic({write_raster("dataset_bands.tif", spec)}), GDT_Float32);
    std::array<int, 2> bands{3, 1};
    std::vector<GInt16> pixels(2 * 4);
    ASSERT_EQ(dataset.RasterIO(GF_Read, 1, 2, 2, 2, pixels.data(), 2, 2, GDT_Int16, 2, bands.data(), 4, 8, 2, nullptr),
              CE_None);
    EXPECT_EQ(pixels, (std::vector<GInt16>{321, 121, 322, 122, 331, 131, 332, 132}));
}

TEST(MosaicDataset, ResamplesAsGdalDoesWhenAskedForFewerPixels)
{
    MosaicDataset dataset(open_mosaic(jacksboro()), GDT_Float32);
    const GDALDatasetUniquePtr vrt = build_vrt(jacksboro());
    // A VRT resamples each file alone; pixels in memory are resampled as one raster.
    const GDALDatasetUniquePtr copy(
        GetGDALDriverManager()->GetDriverByName("MEM")->CreateCopy("", vrt.get(), FALSE, nullptr, nullptr, nullptr));
    std::vector<float> ours(50 * 40);
    std::vector<float> expected(50 * 40);
    for (auto *pair : {&ours, &expected})
    {
        GDALDataset &from = pair == &ours ? static_cast<GDALDataset &>(dataset) : *copy;
        ASSERT_EQ(
            from.GetRasterBand(1)->RasterIO(GF_Read, 0, 0, 400, 320, pair->data(), 50, 40, GDT_Float32, 0, 0, nullptr),
            CE_None);
    }
    EXPECT_EQ(ours, expected);
}

TEST(MosaicDataset, FailsWithTheNameOfAFileItCannotRead)
{
    const std::string path = write_raster("dataset_vanished.tif", {});
    MosaicDataset dataset(open_mosaic({path}), GDT_Float32);
    VSIUnlink(path.c_str());
    std::vector<float> pixels(16);
    CPLPushErrorHandler(CPLQuietErrorHandler);
    EXPECT_EQ(dataset.GetRasterBand(1)->RasterIO(GF_Read, 0, 0, 4, 4, pixels.data(), 4, 4, GDT_Float32, 0, 0, nullptr),
              CE_Failure);
    CPLPopErrorHandler();
    EXPECT_EQ(std::string(CPLGetLastErrorMsg()).rfind(path, 0), 0U);
}
