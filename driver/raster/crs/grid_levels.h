// Grids by name, and which of their levels a raster is on.
#pragma once

#include "stac/grid/tile_matrix_set.h"

#include <optional>
#include <string>

namespace tiledir::raster
{

/// A grid as it is. `name` is an id, a URI, JSON text or a JSON file. Throws InputError.
stac::TileMatrixSet named_grid(const std::string &name);
/// The grid of stored tiles, all of one size: without a `tile_size` that of the coarsest level's. Throws InputError.
stac::TileMatrixSet open_grid(const std::string &name, std::optional<int> tile_size, int metatile);

/// The coarsest level whose cells are not larger; the finest one where all are.
int level_not_coarser(const stac::TileMatrixSet &grid, double cell_size);
/// The level whose cells are nearest in size, as GDAL's COG driver chooses it (ZOOM_LEVEL_STRATEGY=AUTO).
int nearest_level(const stac::TileMatrixSet &grid, double cell_size);
/// From a level upwards the first on which the bounds lie in a single tile; else the coarsest.
int level_of_one_tile(const stac::TileMatrixSet &grid, int finest, const stac::Bounds &bounds);

} // namespace tiledir::raster
