// The driver as GDAL knows it, linked into the test in place of a plugin that may be installed.
#pragma once

#include "autotest/driver/scratch_folder.h"
#include "driver/creating/created_dataset.h"
#include "driver/creating/tile_creation.h"
#include "driver/dataset/identification.h"
#include "driver/dataset/tile_dataset.h"
#include "driver/files/dataset_files.h"

#include <gdal_priv.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tiledir::driver
{

/// TileDir, registered once.
inline GDALDriver &registered_driver()
{
    static GDALDriver *const kDriver = []
    {
        GDALAllRegister();
        GDALDriverManager &manager = *GetGDALDriverManager();
        if (GDALDriver *const installed = manager.GetDriverByName("TileDir"))
        {
            manager.DeregisterDriver(installed);
        }
        auto made = std::make_unique<GDALDriver>();
        made->SetDescription("TileDir");
        for (const char *capability : {GDAL_DCAP_RASTER, GDAL_DCAP_CREATE, GDAL_DCAP_CREATECOPY, GDAL_DCAP_VIRTUALIO})
        {
            made->SetMetadataItem(capability, "YES");
        }
        made->SetMetadataItem(GDAL_DMD_CONNECTION_PREFIX, "TILEDIR:");
        made->pfnIdentify = identify_dataset;
        made->pfnOpen = TileDataset::open;
        made->pfnCreate = CreatedDataset::create;
        made->pfnCreateCopy = create_copy;
        made->pfnDelete = delete_dataset;
        made->pfnRename = rename_dataset;
        made->pfnCopyFiles = copy_dataset;
        manager.RegisterDriver(made.get());
        return made.release(); // GDAL's now
    }();
    return *kDriver;
}

/// Datasets of that driver in a folder of their own.
class RegisteredDriverTest : public ScratchFolderTest
{
protected:
    RegisteredDriverTest()
        : m_driver(registered_driver())
    {
    }

    static CPLStringList list_of(const std::vector<std::string> &options)
    {
        CPLStringList list;
        for (const std::string &option : options)
        {
            list.AddString(option.c_str());
        }
        return list;
    }
    /// Null where it fails.
    GDALDatasetUniquePtr copy(GDALDataset &source, const std::string &name,
                              const std::vector<std::string> &options = {}, bool strict = false) const
    {
        return GDALDatasetUniquePtr(m_driver.CreateCopy(path(name).c_str(), &source, strict ? TRUE : FALSE,
                                                        list_of(options).List(), nullptr, nullptr));
    }
    GDALDatasetUniquePtr open(const std::string &name, const std::vector<std::string> &options = {},
                              unsigned access = GDAL_OF_READONLY) const
    {
        const char *const drivers[] = {"TileDir", nullptr};
        const std::string whole = name.find(folder()) == std::string::npos ? path(name) : name;
        return GDALDatasetUniquePtr(GDALDataset::Open(whole.c_str(), GDAL_OF_RASTER | GDAL_OF_VERBOSE_ERROR | access,
                                                      drivers, list_of(options).List()));
    }
    /// What GDAL is told, errors and warnings, a line each; empty: nothing.
    static std::string told_by(const std::function<void()> &work)
    {
        std::string lines;
        const auto note = [](CPLErr kind, CPLErrorNum, const char *message)
        {
            if (kind != CE_Debug)
            {
                std::string &all = *static_cast<std::string *>(CPLGetErrorHandlerUserData());
                all += (all.empty() ? "" : "\n") + std::string(message);
            }
        };
        const CPLErrorHandlerPusher noting(note, &lines);
        work();
        return lines;
    }
    nlohmann::json item_of(const std::string &name) const
    {
        return nlohmann::json::parse(text_of(name + "/stac.json"));
    }
    static double pixel(GDALDataset &dataset, int col, int row, int band = 1)
    {
        double value = -1;
        EXPECT_EQ(
            dataset.GetRasterBand(band)->RasterIO(GF_Read, col, row, 1, 1, &value, 1, 1, GDT_Float64, 0, 0, nullptr),
            CE_None);
        return value;
    }

    GDALDriver &m_driver;
};

} // namespace tiledir::driver
