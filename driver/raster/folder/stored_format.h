// What the tiles of an item are: as the item says or, where it is silent, as its first tile shows.
#pragma once

#include "driver/raster/pyramid/pyramid.h"
#include "driver/store/store.h"
#include "stac/item/tiled_assets_item.h"

namespace tiledir::raster
{

/// For stored_pyramid(); of the pyramid, grid and names are there. Looks for a limited number of tiles. Throws
/// InputError.
TileFormat stored_format(const stac::TiledAssetsItem &item, const Pyramid &pyramid, const store::Store &tiles);

/// Makes the item say so: property "tiledir:format".
void describe_format(const TileFormat &format, stac::TiledAssetsItem &item);

} // namespace tiledir::raster
