// The ways in which the JSON of a tile matrix set may be meant.
#pragma once

#include "stac/grid/tile_matrix_set.h"

#include <vector>

namespace tiledir::stac
{

struct GridReading
{
    TileMatrixSet grid;
    double scale = 1; ///< its cells are so many times as large as the set's own
};

/// The set as it was read, and after it the other readings that have sense. Corners are written as x, y also where the
/// CRS has northing first. Scale denominators are written as if the CRS had metres where it has others, and kept where
/// tiles got another size than 256 or 512 pixels; those that contradict cell sizes may be the ones that are right.
std::vector<GridReading> grid_readings(const TileMatrixSet &set);

} // namespace tiledir::stac
