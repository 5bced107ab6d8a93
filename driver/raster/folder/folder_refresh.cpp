#include "driver/raster/folder/folder_refresh.h"

#include "driver/journal/tell_journal.h"
#include "driver/raster/folder/foreign_tiles.h"
#include "driver/raster/folder/stored_item.h"
#include "driver/raster/pyramid/strip_listing.h"
#include "driver/raster/pyramid/tile_listing.h"
#include "driver/store/network/written_objects.h"
#include "stac/error.h"

#include <algorithm>
#include <utility>

namespace tiledir::raster
{

namespace
{

const stac::TileMatrix &base_of(const DatasetFolder &folder)
{
    return folder.pyramid().matrix(folder.pyramid().finest);
}

stac::TileRange base_limits(const DatasetFolder &folder)
{
    return folder.limits().at(folder.pyramid().finest);
}

stac::TileSet tiles_of_bounds(const DatasetFolder &folder, const stac::Bounds &bounds)
{
    const stac::TileRange range = base_of(folder).tiles_covering(bounds);
    if (range.empty())
    {
        throw InputError("bounds: lie beyond the grid, or their minimum is not below their maximum");
    }
    return stac::TileSet(range);
}

/// So many overviews are looked at one by one.
constexpr std::int64_t kFewOverviews = 4096;

/// Where nearly all tiles may have changed: those places, of wide limits, where tiles are.
void leave_out_what_is_bare(const DatasetFolder &folder, RefreshPlan &plan)
{
    const Pyramid &pyramid = folder.pyramid();
    if (plan.overviews.count() <= kFewOverviews || plan.base_tiles.count() < base_limits(folder).count())
    {
        return;
    }
    std::map<int, stac::TileRange> all;
    for (int level = pyramid.coarsest; level <= pyramid.finest; ++level)
    {
        all[level] = pyramid.matrix(level).range();
    }
    const stac::LevelSets there = listed_tiles(folder.tiles(), all);
    plan.stored = plan.stored.common(there.at(pyramid.finest));
    if (!plan.stored.empty())
    {
        plan.gone.erase(stac::TileSet(plan.stored.bounding()));
    }
    plan.overviews = plan.overviews.common(there);
}

/// The folder that all tiles of the base level are in.
std::string base_folder(const DatasetFolder &folder)
{
    const stac::TileRange all = base_of(folder).range();
    const Pyramid &pyramid = folder.pyramid();
    const std::string first = pyramid.key(pyramid.finest, all.min_row, all.min_col);
    const std::string last = pyramid.key(pyramid.finest, all.max_row, all.max_col);
    const auto end = std::mismatch(first.begin(), first.end(), last.begin(), last.end()).first;
    const auto slash = std::string(first.begin(), end).rfind('/');
    return slash == std::string::npos ? "" : first.substr(0, slash);
}

stac::TileSet tiles_since(const DatasetFolder &folder, std::time_t since)
{
    stac::TileSet tiles;
    const Pyramid &pyramid = folder.pyramid();
    store::for_each_written_since(folder.store(), base_folder(folder), since,
                                  [&](const std::string &key)
                                  {
                                      if (const auto tile =
                                              pyramid.tile_path.tile_of(key, base_of(folder), pyramid.path_values))
                                      {
                                          tiles.insert(tile->first, tile->second);
                                      }
                                  });
    return tiles;
}

/// Nullopt of an intent that cannot be read: any tile may be meant. Overviews are those of a repair.
std::optional<stac::LevelSets> tiles_of_intent(const DatasetFolder &folder, const journal::FoundIntent &intent)
{
    if (!intent.tiles)
    {
        return std::nullopt;
    }
    stac::LevelSets tiles;
    for (int level = folder.pyramid().coarsest; level <= folder.pyramid().finest; ++level)
    {
        const stac::TileMatrix &matrix = folder.pyramid().matrix(level);
        const auto found = intent.tiles->find(matrix.id);
        for (const stac::TileRange &range :
             found == intent.tiles->end() ? std::vector<stac::TileRange>() : found->second)
        {
            if (const auto inside = range.intersection(matrix.range()))
            {
                tiles[level].insert(stac::TileSet(*inside));
            }
        }
    }
    return tiles;
}

/// Which of these base tiles are there.
stac::TileSet tiles_there(const DatasetFolder &folder, const stac::TileSet &tiles)
{
    stac::TileSet found;
    for_each_stored(folder.tiles(), folder.pyramid().finest, tiles,
                    [&](std::int64_t row, std::int64_t col, const std::string &key, bool may_be_absent)
                    {
                        if (!may_be_absent || folder.store().stamp(key))
                        {
                            found.insert(row, col);
                        }
                    });
    return found;
}

/// Which of the changed tiles are there and lie beyond the item's limits, as they are now.
stac::TileSet new_tiles(const DatasetFolder &folder, const stac::TileSet &changed)
{
    const stac::TileRange limits = folder.limits_now().at(folder.pyramid().finest);
    stac::TileSet beyond = changed;
    for (std::int64_t row = limits.min_row; row <= limits.max_row; ++row)
    {
        beyond.erase(row, limits.min_col, limits.max_col);
    }
    return tiles_there(folder, beyond);
}

} // namespace

RefreshPlan plan_refresh(const DatasetFolder &folder, const ChangedPart &changed)
{
    RefreshPlan plan;
    plan.is_for_process = has_overviews_from_process(folder.item());
    plan.left_behind = journal::Intent::adoptable(folder.store());
    bool all = changed.all;
    stac::LevelSets tiles;
    stac::TileSet &base_tiles = tiles[folder.pyramid().finest];
    for (const journal::FoundIntent &intent : plan.left_behind)
    {
        const auto left = tiles_of_intent(folder, intent);
        all = all || !left;
        tiles.insert(left.value_or(stac::LevelSets()));
    }
    if (all)
    {
        base_tiles.insert(stac::TileSet(base_limits(folder)));
    }
    if (changed.bounds)
    {
        base_tiles.insert(tiles_of_bounds(folder, *changed.bounds));
    }
    if (changed.since)
    {
        base_tiles.insert(tiles_since(folder, *changed.since));
    }
    plan.overviews = overviews_above(folder.pyramid(), tiles);
    plan.base_tiles = base_tiles;
    plan.stored = base_tiles;
    plan.gone = base_tiles;
    leave_out_what_is_bare(folder, plan);
    return plan;
}

RefreshResult run_refresh(const DatasetFolder &folder, const RefreshPlan &plan, const RefreshSettings &settings)
{
    RefreshResult result;
    store::Store &store = folder.store();
    journal::Intent intent(store);
    if (!plan.base_tiles.empty())
    {
        intent.add(base_of(folder).id, plan.base_tiles);
        check_layout(store, folder.item_key(), folder.layout(), intent);
    }
    if (!plan.is_for_process)
    {
        result = renew(folder.tiles(), plan.overviews, settings);
    }
    journal::TileStates said;
    said.foreign = {{folder.pyramid().finest, foreign_tiles(folder, plan.stored)}};
    said.pending = plan.is_for_process ? plan.overviews : stac::LevelSets();
    journal::tell_journal(store, folder.pyramid().grid, said);
    if (!plan.base_tiles.empty())
    {
        const bool all_have_told = plan.left_behind.empty();
        grow_item(store, folder.item_key(), folder.pyramid(),
                  all_have_told ? new_tiles(folder, plan.stored) : tiles_there(folder, plan.stored), all_have_told);
        shrink_item(folder.tiles(), folder.item_key(), plan.gone, settings.threads);
    }
    store.sync();
    intent.finish();
    for (const journal::FoundIntent &left : plan.left_behind)
    {
        journal::Intent::forget(store, left);
    }
    store.remove_leftovers();
    return result;
}

} // namespace tiledir::raster
