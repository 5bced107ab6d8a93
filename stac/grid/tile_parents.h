// Tiles of neighbouring levels that have to do with each other.
#pragma once

#include "stac/grid/tile_matrix_set.h"
#include "stac/grid/tile_set.h"

namespace tiledir::stac
{

/// Each tile of the coarser level is two by two whole tiles of `level`.
bool nests(const TileMatrixSet &grid, int level);

/// Tiles of level - 1 that have pixels of the given tiles of `level`, or `halo` pixels around them, under them.
TileSet parents(const TileMatrixSet &grid, int level, const TileSet &tiles, int halo = 0);

/// Tiles of a coarser level that have pixels of the given tiles of `level`, or `halo` pixels of it around them, under
/// them.
TileSet tiles_above(const TileMatrixSet &grid, int level, const TileSet &tiles, int coarser, std::int64_t halo);

/// Tiles of level + 1 that lie under a range of tiles of `level`.
TileRange children(const TileMatrixSet &grid, int level, const TileRange &range);

} // namespace tiledir::stac
