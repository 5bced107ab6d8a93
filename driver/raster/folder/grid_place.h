// Where an item's grid lies, if its JSON can be read in more ways than one.
#pragma once

#include "driver/store/store.h"
#include "stac/item/tiled_assets_item.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace tiledir::raster
{

struct TileBytes
{
    std::string path;
    std::shared_ptr<const store::Bytes> bytes; ///< null: there is no such tile
};

/// Reads a tile of the item's first asset.
using ReadTile = std::function<TileBytes(const stac::TileMatrix &matrix, std::int64_t row, std::int64_t col)>;

/// Makes the item's grid that reading of it (grid_readings()) which agrees best with the item's bbox; where several do,
/// with the set's boundingBox, then with proj:bbox and proj:transform, then with what a tile's own file says. It stays
/// as it was read where nothing tells. Cells of another size are among the item's warnings. What reading a tile throws
/// counts as silence.
void settle_grid(const ReadTile &read_tile, stac::TiledAssetsItem &item);

} // namespace tiledir::raster
