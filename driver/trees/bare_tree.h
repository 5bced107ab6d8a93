// A tree of tiles that no document describes: LEVEL/NUMBER/NUMBER.EXT.
#pragma once

#include "driver/reading/stored_tiles.h"
#include "stac/item/tiled_assets_item.h"

#include <string>

namespace tiledir::driver
{

struct BareTree
{
    stac::TiledAssetsItem item;
    StoredTiles stored; ///< with names over a network; on a disk without, for a look costs nothing there
};

/// `scheme` (open option SCHEME) is needed where the tiles do not tell where they lie; `grid` (open option GRID) is a
/// well-known id, WebMercatorQuad where neither it nor the tiles say otherwise. A scheme that is a template of another
/// shape, or of a folder that cannot be listed, gives an item without limits. Throws InputError, StoreError, TileError.
BareTree bare_tree(const std::string &folder, const std::string &scheme, const std::string &grid);

} // namespace tiledir::driver
