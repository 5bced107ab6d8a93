// Grid and scheme of a tree whose tiles tell where they lie.
#pragma once

#include "driver/trees/placed_tile.h"
#include "driver/trees/tile_scheme.h"
#include "stac/grid/tile_matrix_set.h"

#include <optional>

namespace tiledir::driver
{

struct GridAndScheme
{
    stac::TileMatrixSet grid;
    TileScheme scheme;
};

/// What agrees with the places of `first` (a tile of the finest level) and of those tiles whose names leave a doubt.
/// The grid is the given one, else a well-known one (with tiles of this size, or of n x n of its tiles of 256 or 512
/// pixels), else one made from a tile of each level. Throws InputError where nothing agrees.
GridAndScheme grid_of_placed_tiles(const TreeListing &tree, const PlacedTile &first,
                                   const std::optional<TileScheme> &scheme,
                                   const std::optional<stac::TileMatrixSet> &grid);

} // namespace tiledir::driver
