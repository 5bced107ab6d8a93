// A stored tile as GDAL's dataset.
#pragma once

#include "driver/raster/pixels/mem_dataset.h"
#include "driver/raster/pixels/memory_file.h"
#include "driver/store/gdal_errors.h"
#include "driver/store/store.h"

#include <cpl_conv.h>

#include <string>

namespace tiledir::raster
{

/// Collects GDAL's errors while it lives. One that begins to live later must end sooner.
class OpenTile
{
public:
    /// `path` is for messages; the bytes must live longer. Throws TileError: no raster that GDAL reads, or one whose
    /// blocks are far larger than itself.
    OpenTile(const store::Bytes &bytes, const std::string &path);

    GDALDataset &dataset() const { return *m_dataset; }
    GDALRasterBand &band(int number) const { return *m_dataset->GetRasterBand(number); }
    int bands() const { return m_dataset->GetRasterCount(); }
    /// False where there is surely no mask, told without a look at more than the first bytes: GDAL's GTiff reads every
    /// directory again to answer it, which takes as long as a small tile's pixels.
    bool may_have_mask() const { return m_may_have_mask; }
    /// Throws TileError if GDAL failed since.
    void check(CPLErr status) const;

private:
    void check_blocks() const;

    std::string m_path;
    store::GdalErrors m_errors;
    CPLConfigOptionSetter m_no_side_files;
    CPLConfigOptionSetter m_strict_jpeg;
    MemoryFile m_file;
    DatasetPtr m_dataset;
    bool m_may_have_mask;
};

} // namespace tiledir::raster
