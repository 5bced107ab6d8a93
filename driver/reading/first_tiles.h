// Where to look for a tile that shows what an item does not tell.
#pragma once

#include "driver/reading/stored_tiles.h"
#include "stac/grid/tile_set.h"

#include <vector>

namespace tiledir::driver
{

/// Tiles that there may be: at most `most`, of the coarsest tile matrix first.
std::vector<stac::TileId> first_tiles(const stac::TileMatrixSet &grid, const StoredTiles &stored, int most);

} // namespace tiledir::driver
