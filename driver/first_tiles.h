// Where to look for a tile that shows what an item does not tell.
#pragma once

#include "stac/tile_matrix_set.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tiledir::driver
{

struct TilePlace
{
    int matrix = 0; ///< index in the tile matrix set
    std::int64_t row = 0;
    std::int64_t col = 0;
};

/// Tiles that an item speaks of, there or not: at most `most`, of the coarsest tile matrix first.
std::vector<TilePlace> first_tiles(const stac::TileMatrixSet &grid,
                                   const std::map<std::string, stac::TileRange> &limits, int most);

} // namespace tiledir::driver
