#include "driver/raster/input/raster_file.h"

#include "driver/store/gdal_compat.h"
#include "driver/store/network_path.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>

namespace tiledir::raster
{

GDALDatasetUniquePtr open_raster(const std::string &path)
{
    GDALDatasetUniquePtr file(
        GDALDataset::Open(path.c_str(), GDAL_OF_RASTER | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR));
    const std::string broken = file ? broken_mask_file(*file) : "";
    if (!broken.empty())
    {
        CPLError(CE_Failure, CPLE_OpenFailed, "its mask, %s, cannot be read", broken.c_str());
        file.reset();
    }
    return file;
}

std::string broken_mask_file(GDALDataset &file)
{
    const std::string path = std::string(file.GetDescription()) + ".msk";
    const char *const listing = CPLGetConfigOption("GDAL_DISABLE_READDIR_ON_OPEN", "NO");
    VSIStatBufL stat;
    if (store::is_on_network(path) || EQUAL(listing, "EMPTY_DIR") ||
        VSIStatExL(path.c_str(), &stat, VSI_STAT_EXISTS_FLAG) != 0)
    {
        return "";
    }
    const CPLStringList files(file.GetFileList());
    return files.FindString(path.c_str()) < 0 ? path : "";
}

bool is_signed_byte(GDALRasterBand &band)
{
    return store::has_signed_bytes(band);
}

int data_bands(GDALDataset &file)
{
    const int bands = file.GetRasterCount();
    const bool alpha = bands > 1 && file.GetRasterBand(bands)->GetColorInterpretation() == GCI_AlphaBand;
    return alpha ? bands - 1 : bands;
}

} // namespace tiledir::raster
