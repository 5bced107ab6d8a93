// Walks through sets of tiles: tile after tile, square after square.
#pragma once

#include "stac/grid/tile_set.h"

#include <functional>

namespace tiledir::stac
{

/// Visits tile after tile until `visit` returns false; says whether it went to the end.
bool for_each_tile(const TileSet &tiles, const std::function<bool(std::int64_t row, std::int64_t col)> &visit);

/// Visits what lies in each square of `side` tiles, where anything does, as for_each_tile() does.
bool for_each_square(const TileSet &tiles, std::int64_t side,
                     const std::function<bool(TileSet part, const TileRange &square)> &visit);

} // namespace tiledir::stac
