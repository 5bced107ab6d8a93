// The plugin's one entry: GDAL finds GDALRegister_TileDir in gdal_TileDir.so.
#include "driver/dataset_files.h"
#include "driver/open_options.h"
#include "driver/store/gdal_compat.h"
#include "driver/tile_dataset.h"

#include <memory>

extern "C" CPL_DLL void GDALRegister_TileDir();

void GDALRegister_TileDir()
{
    if (!GDAL_CHECK_VERSION("TileDir") || GDALGetDriverByName("TileDir") != nullptr)
    {
        return;
    }
    auto driver = std::make_unique<GDALDriver>();
    driver->SetDescription("TileDir");
    driver->SetMetadataItem(GDAL_DMD_LONGNAME, "Directory of tiles with a STAC item");
    driver->SetMetadataItem(GDAL_DCAP_RASTER, "YES");
    driver->SetMetadataItem(GDAL_DCAP_VIRTUALIO, "YES");
    driver->SetMetadataItem(GDAL_DMD_CONNECTION_PREFIX, "TILEDIR:");
    driver->SetMetadataItem(GDAL_DMD_SUBDATASETS, "YES");
    driver->SetMetadataItem(GDAL_DMD_OPENOPTIONLIST, tiledir::driver::OpenOptions::description());
    driver->pfnIdentify = tiledir::driver::TileDataset::identify;
    driver->pfnOpen = tiledir::driver::TileDataset::open;
    driver->pfnDelete = tiledir::driver::delete_dataset;
    driver->pfnRename = tiledir::driver::rename_dataset;
    driver->pfnCopyFiles = tiledir::driver::copy_dataset;
    GetGDALDriverManager()->RegisterDriver(driver.release());
}
