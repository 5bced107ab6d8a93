// What a stored tile tells of bands where the item is silent.
#pragma once

#include "driver/reading/tile_reader.h"
#include "stac/item/tiled_assets_item.h"

#include <string>
#include <vector>

namespace tiledir::driver
{

/// Bands of the first tile found, from the coarsest tile matrix on. Looks for a limited number of tiles. Throws
/// InputError if it finds none, TileError if the one found cannot be read.
std::vector<stac::ItemBand> bands_of_stored_tile(const TileSource &source, const stac::TileMatrixSet &grid,
                                                 const StoredTiles &stored, const store::ReadSettings &settings);

} // namespace tiledir::driver
