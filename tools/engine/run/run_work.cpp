#include "tools/engine/run/run_work.h"

#include "stac/grid/tile_parents.h"
#include "tools/engine/resolved/input_tiles.h"
#include "tools/engine/resolved/resolve.h"
#include "tools/engine/run/tiles_to_retry.h"

#include <utility>

namespace tiledir::engine
{
namespace
{

/// What was to be made again where no file lies any more: no region will ever select it.
stac::TileSet left_over(const ResolvedRecipe &resolved, const stac::LevelSets &pending)
{
    stac::TileSet tiles = pending.at(resolved.finest);
    tiles.erase(resolved.selection);
    if (!tiles.empty())
    {
        tiles.erase(tiles_of_files(resolved, tiles.bounding()));
    }
    return tiles;
}

/// One whose document stands for all of the output.
std::shared_ptr<const ResolvedRecipe> of_all_runs(const std::shared_ptr<const ResolvedRecipe> &resolved,
                                                  const OutputState &state, const stac::LevelSets &done)
{
    const stac::TileSet &base = done.at(resolved->finest);
    if (!state.exists() || resolved->selection.contains(base))
    {
        return resolved;
    }
    const bool was_larger = base.contains(resolved->selection);
    return with_region_of(resolved, was_larger ? state.recipe() : Json::object());
}

} // namespace

stac::LevelSets extent(const ResolvedRecipe &resolved, const stac::LevelSets &done)
{
    stac::LevelSets tiles = selected_tiles(resolved);
    tiles[resolved.finest].insert(done.at(resolved.finest));
    for (int level = resolved.finest; level > resolved.coarsest; --level)
    {
        tiles[level - 1].insert(stac::parents(resolved.grid, level, tiles[level]));
    }
    return tiles;
}

stac::LevelSets planned_tiles(const Plan &plan)
{
    stac::LevelSets tiles = plan.computed();
    tiles.insert(plan.overviews());
    return tiles;
}

RunWork work_of(const store::Store &store, const RunStart &start, const RunOptions &options,
                const journal::TileStates &before)
{
    RunWork work{start.resolved, before.all()};
    work.resolved = of_all_runs(work.resolved, start.state, work.done);
    if (start.changes)
    {
        const stac::LevelSets touched = touched_tiles(*work.resolved, *start.changes, work.done);
        work.resolved = with_more_tiles(work.resolved, touched);
        work.done.erase(touched);
    }
    if (stac::TileSet tiles = left_over(*work.resolved, before.pending); !tiles.empty())
    {
        work.resolved = with_more_tiles(work.resolved, {{work.resolved->finest, std::move(tiles)}});
    }
    if (options.overwrite)
    {
        work.done.erase(selected_tiles(*work.resolved));
    }
    if (options.retry_failed)
    {
        work.done = all_but_failed(*work.resolved, before);
    }
    if (options.check)
    {
        work.done.erase(removed_tiles(store, *work.resolved, before));
    }
    return work;
}

} // namespace tiledir::engine
