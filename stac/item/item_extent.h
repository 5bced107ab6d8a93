// The pixels that an item says it is made of, where they are fewer than those of its tiles.
#pragma once

#include "stac/item/tiled_assets_item.h"

#include <optional>

namespace tiledir::stac
{

/// By proj:shape and proj:transform (STAC projection extension 2.0): a window of whole pixels of the matrix. Nullopt:
/// the item has none, or not of this matrix, and its extent is that of its tiles.
std::optional<PixelWindow> item_extent(const TiledAssetsItem &item, const TileMatrix &matrix);

/// Makes the window the item's extent.
void set_item_extent(TiledAssetsItem &item, const TileMatrix &matrix, const PixelWindow &window);

} // namespace tiledir::stac
