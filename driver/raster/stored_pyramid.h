// A pyramid that is stored: what its item says of it, and what the item has to say.
#pragma once

#include "driver/raster/pyramid.h"
#include "driver/store/store.h"
#include "stac/tiled_assets_item.h"

#include <string>

namespace tiledir::raster
{

/// What writers have to know of the item's only asset. The grid has those matrices of the item's that have tiles. The
/// item's "tiledir:format" tells the creation options of tiles; an item of others leaves DEFLATE for GTiff, else the
/// driver's defaults. Throws InputError that names the member, where tiles of this kind cannot be written: several
/// assets, tiles of each band, tiles elsewhere than below the item, a pixel buffer, tiles or bands of several kinds.
Pyramid stored_pyramid(const stac::TiledAssetsItem &item);

/// Puts into the item what stored_pyramid() reads there: "tiledir:format", "tiledir:overviews", "tiledir:base_level".
void describe_pyramid(const Pyramid &pyramid, stac::TiledAssetsItem &item);

/// Are overviews made by the process that made the base level ("tiledir:overviews")? Then only it can refresh them.
bool has_overviews_from_process(const stac::TiledAssetsItem &item);

/// Makes the stored item tell of another method of resampling. Throws as grow_item().
void set_overview_resampling(store::Store &store, const std::string &key, Resampling resampling);

/// Makes the stored item's limits and bounding box hold these tiles of the base level and those above them, whatever
/// others add to it at the same time. Throws InputError where the item is no longer one, StoreError, TileError.
void grow_item(store::Store &store, const std::string &key, const Pyramid &pyramid, const stac::TileSet &base_tiles);

} // namespace tiledir::raster
