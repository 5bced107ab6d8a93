// A tree of tiles whose grid and names are known, as a STAC item.
#pragma once

#include "driver/reading/stored_tiles.h"
#include "driver/trees/tile_scheme.h"
#include "driver/trees/tree_listing.h"
#include "stac/item/tiled_assets_item.h"

namespace tiledir::driver
{

/// One asset "tiles" without bands (a stored tile tells them), on those matrices of the grid that have a folder, within
/// the limits of what is stored. Where a level has too many tiles to be listed, the axis that its folders do not tell
/// has the limits of the next coarser level. Throws InputError where a folder or a tile lies outside of the grid.
stac::TiledAssetsItem item_of_tree(const TreeListing &tree, const stac::TileMatrixSet &grid, const TileScheme &scheme);

/// With the names of those levels that were listed whole.
StoredTiles stored_tiles(const TreeListing &tree, const stac::TiledAssetsItem &item, const TileScheme &scheme);

/// The matrix of a level's folder, by its id or, with zeros before it, by its number; nullptr where there is none.
const stac::TileMatrix *matrix_of(const stac::TileMatrixSet &grid, const StoredLevel &level);

/// Item of a template, of which nothing is listed: all matrices of the grid without limits.
stac::TiledAssetsItem item_of_template(const std::string &folder, const stac::TileMatrixSet &grid,
                                       const std::string &href);

} // namespace tiledir::driver
