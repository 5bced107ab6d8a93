// Builds a whole pyramid: the base level from a source of pixels, the levels above from it.
#pragma once

#include "driver/raster/pixels/pixel_reader.h"
#include "driver/raster/pyramid/tile_pass.h"
#include "driver/raster/pyramid/tile_pyramid.h"

#include <functional>
#include <memory>

namespace tiledir::raster
{

struct BuildSettings
{
    /// Of the finest level, in blocks of the pyramid's format (TileFormat::block_bands()); called from any of the
    /// threads.
    std::function<std::unique_ptr<PixelReader>()> open;
    stac::TileRange base; ///< tiles of the finest level
    int threads = 1;
    bool sparse = true;     ///< tiles without data are not stored, where the pyramid can do without them
    bool prototype = false; ///< the first base tile is stored anyhow, where tiles are and no level has its first one
    bool by_whole_rows = false; ///< what reads a pixel of the source reads its row
    GoOn go_on;
};

/// Writes every tile of every level under which there are base tiles. Base tiles are made in squares of about 2048
/// pixels, together with the overviews that need no other tiles; the others from stored tiles, level by level. Memory
/// depends on the threads, not on the raster. Any failure ends it. Throws Interrupted, TileError, StoreError.
void build_pyramid(const TilePyramid &pyramid, const BuildSettings &settings);

/// Tiles of a level that have the base tiles under them.
stac::TileRange range_above(const Pyramid &pyramid, const stac::TileRange &base, int level);

} // namespace tiledir::raster
