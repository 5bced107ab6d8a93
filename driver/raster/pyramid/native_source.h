// The pixels of a raster as they are: a grid of its own, and the tiles of its base level.
#pragma once

#include "driver/raster/input/source_raster.h"
#include "driver/raster/pixels/pixel_reader.h"
#include "driver/raster/pyramid/tile_pyramid.h"
#include "stac/grid/tile_matrix_set.h"

#include <memory>
#include <optional>

namespace tiledir::raster
{

/// What a raster says of its pixels.
struct SourcePixels
{
    GDALDataType type = GDT_Byte; ///< that holds all bands
    int bands = 1;
    bool alpha = false; ///< the last band is
    bool mask = false;  ///< there is one of all bands
    std::optional<NodataValue> nodata;
    bool signed_bytes = false; ///< of bands of bytes, as GDAL before 3.7 has them; the type is Int16 then
    bool mixed_nodata = false; ///< bands have another than the first, which is `nodata`
    std::shared_ptr<const std::vector<GDALColorEntry>> colors;

    /// Throws InputError: no bands.
    static SourcePixels of(GDALDataset &dataset);
    /// True where the dataset, of which these are the pixels, surely has no data in a window of it.
    bool are_absent(GDALDataset &dataset, const stac::PixelWindow &window) const;
};

/// Whose finest matrix has the raster's pixels, origin at its upper left corner; each coarser one half of them, up to a
/// single tile. Ids count from 0, the coarsest. A raster without CRS lies in one that says so, without georeferencing
/// in cells of 1. Throws InputError: rotated, not north-up, cells that are not square.
stac::TileMatrixSet native_grid(GDALDataset &dataset, int tile_size, int metatile);

/// The CRS of a grid whose place on Earth is unknown.
bool is_nowhere(const stac::TileMatrixSet &grid);

/// Windows of the finest matrix of native_grid(), as blocks of the pyramid's format, which may have a mask or alpha
/// that the source has not: it says where the raster is.
std::unique_ptr<PixelReader> open_native_reader(const SourceRaster &source, const SourcePixels &pixels,
                                                const TilePyramid &pyramid);

} // namespace tiledir::raster
