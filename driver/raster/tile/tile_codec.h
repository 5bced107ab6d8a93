// Tiles as bytes of a GDAL raster format.
#pragma once

#include "driver/raster/pixels/pixel_block.h"
#include "driver/raster/tile/tile_format.h"
#include "driver/store/store.h"
#include "stac/grid/bounds.h"

#include <string>

namespace tiledir::raster
{

/// Whole bytes of a tile. The same pixels give the same bytes. A mask that leaves out nothing is not stored. Throws
/// TileError.
store::Bytes encode_tile(const TileFormat &format, const PixelBlock &pixels, const stac::Bounds &bounds);

} // namespace tiledir::raster
