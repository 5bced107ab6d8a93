// Tiles as bytes of a GDAL raster format, and back.
#pragma once

#include "driver/raster/pixel_block.h"
#include "driver/raster/tile_format.h"
#include "driver/store/store.h"
#include "stac/bounds.h"

#include <string>

namespace tiledir::raster
{

/// Whole bytes of a tile. The same pixels give the same bytes. Throws TileError.
store::Bytes encode_tile(const TileFormat &format, const PixelBlock &pixels, const stac::Bounds &bounds);

/// Along which axes a tile may be smaller: some writers cut tiles where the grid's extent ends.
struct TileCut
{
    bool columns = false;
    bool rows = false;
};

/// Pixels of a tile in its file's own band count and, converted as GDAL does, in `type`. `path` is for messages.
/// Smaller than width x height only where the tile is and may be. Throws TileError that names the path and the cause
/// (corrupt, truncated, another size).
PixelBlock decode_tile(const store::Bytes &bytes, const std::string &path, int width, int height, int bands,
                       GDALDataType type, TileCut cut = {});

} // namespace tiledir::raster
