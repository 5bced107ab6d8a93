// Statistics of a folder of tiles, told by its item.
#pragma once

#include "driver/raster/folder/dataset_folder.h"
#include "driver/raster/upkeep/base_statistics.h"

namespace tiledir::raster
{

/// Computes base_statistics() and puts them into the item. They are never those of tiles that have changed meanwhile:
/// then they are computed once more, a few times. Throws as base_statistics(), and InputError where the item has no
/// place for them, TileError where others keep writing.
void store_statistics(const DatasetFolder &folder, const StatisticsSettings &settings);

} // namespace tiledir::raster
