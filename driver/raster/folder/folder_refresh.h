// Refresh of a folder of tiles that others have written to.
#pragma once

#include "driver/journal/intent.h"
#include "driver/raster/folder/dataset_folder.h"
#include "driver/raster/upkeep/refresh.h"
#include "stac/grid/level_sets.h"

#include <ctime>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::raster
{

/// What of the base level has changed, beside what is above tiles of writers that are no more.
struct ChangedPart
{
    std::optional<stac::Bounds> bounds; ///< in the grid's CRS: the tiles that it touches
    std::optional<std::time_t> since;   ///< tiles that were written then or later, by the store's clock
    bool all = false;
};

/// What a refresh is to do.
struct RefreshPlan
{
    stac::TileSet base_tiles;                      ///< that have changed, or may have, or are not there
    stac::TileSet stored;                          ///< those of them that may be there
    stac::TileSet gone;                            ///< those whose absence may bare a border of the item's limits
    stac::LevelSets overviews;                     ///< above them; of many those that are there or have tiles below
    std::vector<journal::FoundIntent> left_behind; ///< by writers that are no more
    bool is_for_process = false; ///< overviews are tiledir-process's: they can only be told to be stale
    bool empty() const { return base_tiles.empty(); }
};

/// Changes nothing. Throws InputError (bounds beyond the grid), StoreError, TileError.
RefreshPlan plan_refresh(const DatasetFolder &folder, const ChangedPart &changed);

/// Makes the overviews, or tells the run's journal that they are stale; the journal keeps foreign_tiles(); the item
/// grows to hold base tiles that lie beyond its limits, and shrinks where those at their borders are gone, and its
/// statistics go; what dead writers left behind is cleared away. Where it is killed, interrupted, or fails, any refresh
/// goes on. Throws as renew().
RefreshResult run_refresh(const DatasetFolder &folder, const RefreshPlan &plan, const RefreshSettings &settings);

} // namespace tiledir::raster
