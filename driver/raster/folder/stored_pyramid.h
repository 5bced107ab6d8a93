// A pyramid that is stored: what its item says of it, and what the item has to say.
#pragma once

#include "driver/raster/pyramid/pyramid.h"
#include "driver/store/store.h"
#include "stac/item/tiled_assets_item.h"

#include <map>
#include <string>

namespace tiledir::raster
{

constexpr const char *kOverviews = "tiledir:overviews";
constexpr const char *kTileMatrixSet = "TileMatrixSet"; ///< parameter of templates

/// What writers have to know of the item's only asset. The grid has those matrices of the item's that have tiles, so
/// that the last is the base level. Property "tiledir:format" tells the format; an item without it its media type, file
/// extension and bands, and what these leave open (compression, mask, colours) the first tile that is found. `tiles` is
/// over the item's folder; `path_values` are parameters of the template beside those of the tile and {TileMatrixSet}.
/// Throws InputError that names the member, where tiles of this kind cannot be written: several assets, tiles of each
/// band, tiles elsewhere than below the item, a pixel buffer, tiles or bands of several kinds, a newer version.
Pyramid stored_pyramid(const stac::TiledAssetsItem &item, const store::Store &tiles,
                       const std::map<std::string, std::string> &path_values = {});

/// Puts into the item what stored_pyramid() reads there: "tiledir:format", "tiledir:overviews", "tiledir:base_level".
void describe_pyramid(const Pyramid &pyramid, stac::TiledAssetsItem &item);

/// Are overviews made by the process that made the base level ("tiledir:overviews")? Then only it can refresh them.
bool has_overviews_from_process(const stac::TiledAssetsItem &item);

} // namespace tiledir::raster
