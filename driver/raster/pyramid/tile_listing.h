// Tiles that are stored, by a listing of all of them.
#pragma once

#include "driver/raster/pyramid/tile_pyramid.h"
#include "stac/grid/level_sets.h"

#include <map>

namespace tiledir::raster
{

/// Tiles within these ranges that are there, and the overviews above them: where there are few tiles in a wide range a
/// look at each place would take longer than the tiles. Throws StoreError.
stac::LevelSets listed_tiles(const TilePyramid &tiles, const std::map<int, stac::TileRange> &ranges);

} // namespace tiledir::raster
