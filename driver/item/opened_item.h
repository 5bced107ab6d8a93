// An item as it was opened: what it says, and what was chosen of it.
#pragma once

#include "driver/item/item_location.h"
#include "driver/item/open_options.h"
#include "driver/reading/stored_tiles.h"
#include "stac/item/tiled_assets_item.h"

#include <nlohmann/json.hpp>

#include <vector>

namespace tiledir::driver
{

struct OpenedItem
{
    OpenOptions options;
    ItemLocation location;
    nlohmann::json json; ///< null: a tree of tiles without STAC
    stac::TiledAssetsItem item;
    StoredTiles stored;
    std::vector<stac::TileAsset> assets; ///< one, or one a band
    DimensionValues dimensions;
};

} // namespace tiledir::driver
