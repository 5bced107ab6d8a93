// Tiles in a run's output that others than the run have written.
#pragma once

#include "driver/raster/folder/dataset_folder.h"
#include "stac/grid/tile_set.h"

namespace tiledir::raster
{

/// Which of these base tiles are there and were written, by the store's clock, after the run's last word on the
/// base level: the newest file of its journal that says of tiles that they are done, or to be made. Empty where the
/// folder is no run's output. Throws StoreError, TileError.
stac::TileSet foreign_tiles(const DatasetFolder &folder, const stac::TileSet &base_tiles);

} // namespace tiledir::raster
