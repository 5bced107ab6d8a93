// The plugin's one entry: GDAL finds GDALRegister_TileDir in gdal_TileDir.so.
#include "driver/creating/created_dataset.h"
#include "driver/creating/creation_options.h"
#include "driver/creating/tile_creation.h"
#include "driver/dataset/identification.h"
#include "driver/dataset/tile_dataset.h"
#include "driver/files/dataset_files.h"
#include "driver/item/open_options.h"
#include "driver/refresh_algorithm.h"
#include "driver/store/gdal_compat.h"

#include <cpl_string.h>

#include <memory>
#include <mutex>
#include <string>

extern "C" CPL_DLL void GDALRegister_TileDir();

namespace
{

/// Tells the creation options when it is asked: GDAL's own drivers, whose options are taken too, are registered later.
class TileDirDriver final : public GDALDriver
{
public:
    const char *GetMetadataItem(const char *name, const char *domain) override
    {
        if (name != nullptr && (domain == nullptr || domain[0] == '\0') && EQUAL(name, GDAL_DMD_CREATIONOPTIONLIST))
        {
            const std::lock_guard<std::mutex> lock(m_mutex);
            if (m_creation_options.empty())
            {
                m_creation_options = tiledir::driver::CreationOptions::description();
            }
            return m_creation_options.c_str();
        }
        return GDALDriver::GetMetadataItem(name, domain);
    }

private:
    std::mutex m_mutex;
    std::string m_creation_options;
};

} // namespace

void GDALRegister_TileDir()
{
    if (!GDAL_CHECK_VERSION("TileDir") || GDALGetDriverByName("TileDir") != nullptr)
    {
        return;
    }
    auto driver = std::make_unique<TileDirDriver>();
    driver->SetDescription("TileDir");
    driver->SetMetadataItem(GDAL_DMD_LONGNAME, "Directory of tiles with a STAC item");
    driver->SetMetadataItem(GDAL_DCAP_RASTER, "YES");
    driver->SetMetadataItem(GDAL_DCAP_CREATE, "YES");
    driver->SetMetadataItem(GDAL_DCAP_CREATECOPY, "YES");
    driver->SetMetadataItem(GDAL_DMD_CREATIONDATATYPES, tiledir::driver::creation_data_types().c_str());
    driver->SetMetadataItem(GDAL_DCAP_VIRTUALIO, "YES");
    driver->SetMetadataItem(GDAL_DMD_CONNECTION_PREFIX, "TILEDIR:");
    driver->SetMetadataItem(GDAL_DMD_SUBDATASETS, "YES");
    driver->SetMetadataItem(GDAL_DMD_OPENOPTIONLIST, tiledir::driver::OpenOptions::description());
    driver->pfnIdentify = tiledir::driver::identify_dataset;
    driver->pfnCreate = tiledir::driver::CreatedDataset::create;
    driver->pfnCreateCopy = tiledir::driver::create_copy;
    driver->pfnOpen = tiledir::driver::TileDataset::open;
    driver->pfnDelete = tiledir::driver::delete_dataset;
    driver->pfnRename = tiledir::driver::rename_dataset;
    driver->pfnCopyFiles = tiledir::driver::copy_dataset;
    GDALDriver *const registered = driver.release(); // GDAL's now
    GetGDALDriverManager()->RegisterDriver(registered);
    tiledir::driver::declare_algorithms(*registered);
}
