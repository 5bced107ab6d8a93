// Where the grid of an item lies that was opened, if its JSON can be read in more ways than one.
#pragma once

#include "driver/item/item_location.h"
#include "stac/item/tiled_assets_item.h"

namespace tiledir::driver
{

/// raster::settle_grid() with tiles of the item's first asset, wherever they are.
void settle_item(const ItemLocation &location, bool allow_local, stac::TiledAssetsItem &item);

} // namespace tiledir::driver
