// Sets of tiles cut into squares.
#pragma once

#include "stac/grid/tile_set.h"

#include <functional>

namespace tiledir::engine
{

/// Visits tile after tile until `visit` returns false; says whether it went to the end.
bool for_each_tile(const stac::TileSet &tiles, const std::function<bool(std::int64_t row, std::int64_t col)> &visit);

/// Visits what lies in each square of `side` tiles, where anything does, as for_each_tile() does.
bool for_each_square(const stac::TileSet &tiles, std::int64_t side,
                     const std::function<bool(stac::TileSet part, const stac::TileRange &square)> &visit);

} // namespace tiledir::engine
