#include "driver/raster/raster_file.h"

namespace tiledir::raster
{

GDALDatasetUniquePtr open_raster(const std::string &path)
{
    return GDALDatasetUniquePtr(
        GDALDataset::Open(path.c_str(), GDAL_OF_RASTER | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR));
}

int data_bands(GDALDataset &file)
{
    const int bands = file.GetRasterCount();
    const bool alpha = bands > 1 && file.GetRasterBand(bands)->GetColorInterpretation() == GCI_AlphaBand;
    return alpha ? bands - 1 : bands;
}

} // namespace tiledir::raster
