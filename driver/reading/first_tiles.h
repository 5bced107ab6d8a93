// Where to look for a tile that shows what an item does not tell.
#pragma once

#include "driver/reading/stored_tiles.h"

#include <cstdint>
#include <vector>

namespace tiledir::driver
{

struct TilePlace
{
    int matrix = 0; ///< index in the tile matrix set
    std::int64_t row = 0;
    std::int64_t col = 0;
};

/// Tiles that there may be: at most `most`, of the coarsest tile matrix first.
std::vector<TilePlace> first_tiles(const stac::TileMatrixSet &grid, const StoredTiles &stored, int most);

} // namespace tiledir::driver
