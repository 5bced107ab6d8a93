// A raster that several threads read, each through a dataset of its own.
#pragma once

#include "driver/raster/pixels/mem_dataset.h"

#include <gdal_priv.h>

#include <memory>
#include <string>

namespace tiledir::raster
{

/// The dataset that a user hands over: it lives longer, and nobody else uses it meanwhile.
class SourceRaster
{
public:
    explicit SourceRaster(GDALDataset &dataset);
    ~SourceRaster();

    GDALDataset &dataset() const { return m_dataset; }
    /// Another dataset of the same pixels, for one thread: the file opened again or, where there is no file (MEM, a VRT
    /// over one), a view of the given dataset that lets one thread read at a time. May be called from many threads.
    /// Throws TileError.
    DatasetPtr open() const;

    /// True where it is read by rows: its blocks are about as wide as it is.
    bool by_whole_rows() const;

private:
    class View;
    class ViewBand;
    struct Shared;

    GDALDataset &m_dataset;
    std::string m_name; ///< that opens it again; empty: nothing does
    std::shared_ptr<Shared> m_shared;
};

} // namespace tiledir::raster
