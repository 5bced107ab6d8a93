// Tiles that are there already, under overviews that are to be made.
#pragma once

#include "driver/raster/pyramid/subtree.h"
#include "driver/raster/pyramid/tile_pyramid.h"
#include "stac/grid/tile_set.h"

#include <map>

namespace tiledir::engine
{

struct BatchContext;

/// From those just made that the context keeps, else from the store. Context and pyramid must live longer. All
/// functions may be called from many threads.
class TilesBelow
{
public:
    using BlockPtr = raster::TilePyramid::Block;
    using Blocks = raster::Blocks;

    TilesBelow(const BatchContext &context, const raster::TilePyramid &pyramid)
        : m_context(context)
        , m_pyramid(pyramid)
    {
    }

    /// Null where there is none. Throws TileError.
    BlockPtr read(const stac::TileId &tile) const;

    /// Tiles under those of a level that only the store has, read side by side: over a network each takes a while. What
    /// cannot be read is left out, to be read again by whoever needs it.
    Blocks all_under(int level, const stac::TileSet &tiles) const;

private:
    const BatchContext &m_context;
    const raster::TilePyramid &m_pyramid;
};

} // namespace tiledir::engine
