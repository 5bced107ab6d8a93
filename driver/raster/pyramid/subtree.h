// A part of a pyramid made in one go: tiles of its finest level, then those above them, with few pixels held at a time.
#pragma once

#include "driver/raster/pyramid/tile_pyramid.h"
#include "stac/grid/tile_matrix_set.h"
#include "stac/grid/tile_set.h"

#include <cstdint>
#include <functional>
#include <map>

namespace tiledir::raster
{

/// Pixels a side that are made together: enough to share what is read, little enough to stay in the processor's cache.
constexpr std::int64_t kPixelsTogether = 2048;
/// Rows of pixels that are read at once where tiles are smaller.
constexpr std::int64_t kRowsAtOnce = 256;

/// Tiles with their pixels; null where a tile is without data.
using Blocks = std::map<stac::TileId, TilePyramid::Block>;

/// Cuts a range into whole rows of tiles, as many at a time as kRowsAtOnce holds (one at least), and visits each strip
/// until `visit` returns false.
void for_each_strip(const stac::TileRange &range, int tile_height,
                    const std::function<bool(const stac::TileRange &strip)> &visit);

struct Subtree
{
    const stac::TileMatrixSet &grid; ///< lives longer; its levels nest from `finest` to `top`
    int finest = 0;                  ///< level that is made from something else
    int top = 0;                     ///< the coarsest one; `finest` where there are no overviews
    std::int64_t together = 1;       ///< tiles of the finest level a side whose pixels may be held at once
};

/// What makes the tiles of a range that are wanted.
struct SubtreeMaker
{
    std::function<Blocks(const stac::TileRange &range)> finest;
    /// From `below`, tiles of level + 1 under the range.
    std::function<Blocks(int level, const stac::TileRange &range, const Blocks &below)> overviews;
    std::function<bool()> stopping; ///< asked between parts
};

/// Makes what lies under some tiles of the top level, and these: all together, or quarter by quarter where they are
/// many. Returns those of the top level; some are missing where it was stopped. Throws what the maker throws.
Blocks make_subtree(const Subtree &subtree, const stac::TileSet &tops, const SubtreeMaker &maker);

} // namespace tiledir::raster
