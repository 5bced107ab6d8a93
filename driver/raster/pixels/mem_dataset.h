// GDAL's view of pixels in memory.
#pragma once

#include "driver/raster/pixels/pixel_block.h"

#include <gdal_priv.h>

#include <array>
#include <memory>
#include <optional>

namespace tiledir::raster
{

struct DatasetClose
{
    void operator()(GDALDataset *dataset) const { GDALClose(dataset); }
};
using DatasetPtr = std::unique_ptr<GDALDataset, DatasetClose>;

/// A MEM dataset over rows of a block, without a copy: the block must outlive it and not move.
class MemDataset
{
public:
    /// Rows [first_row, first_row + rows). Throws TileError where GDAL refuses.
    MemDataset(const PixelBlock &block, int first_row, int rows, std::optional<std::array<double, 6>> geotransform,
               std::optional<double> nodata)
        : MemDataset(block, first_row, rows, geotransform, nodata, block.bands())
    {
    }
    MemDataset(const PixelBlock &block, std::optional<double> nodata)
        : MemDataset(block, block.bands(), nodata)
    {
    }
    /// The first `bands` bands.
    MemDataset(const PixelBlock &block, int bands, std::optional<double> nodata)
        : MemDataset(block, 0, block.height(), std::nullopt, nodata, bands)
    {
    }

    GDALDataset *dataset() const { return m_dataset.get(); }
    GDALDatasetH handle() const { return GDALDataset::ToHandle(m_dataset.get()); }

private:
    MemDataset(const PixelBlock &block, int first_row, int rows, std::optional<std::array<double, 6>> geotransform,
               std::optional<double> nodata, int bands);

    DatasetPtr m_dataset;
};

} // namespace tiledir::raster
