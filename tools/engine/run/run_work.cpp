#include "tools/engine/run/run_work.h"

#include "stac/grid/tile_parents.h"
#include "tools/engine/job/input_tiles.h"
#include "tools/engine/run/tiles_to_retry.h"

#include <utility>

namespace tiledir::engine
{
namespace
{

/// What was to be made again where no file lies any more: no region will ever select it.
stac::TileSet left_over(const Job &job, const stac::LevelSets &pending)
{
    stac::TileSet tiles = pending.at(job.finest);
    tiles.erase(job.selection);
    if (!tiles.empty())
    {
        tiles.erase(tiles_of_files(job, tiles.bounding()));
    }
    return tiles;
}

/// A job whose document stands for all of the output.
std::shared_ptr<const Job> of_all_runs(const std::shared_ptr<const Job> &job, const OutputState &state,
                                       const stac::LevelSets &done)
{
    const stac::TileSet &base = done.at(job->finest);
    if (!state.exists() || job->selection.contains(base))
    {
        return job;
    }
    const bool was_larger = base.contains(job->selection);
    return with_region_of(job, was_larger ? state.recipe() : Json::object());
}

} // namespace

stac::LevelSets extent(const Job &job, const stac::LevelSets &done)
{
    stac::LevelSets tiles = selected_tiles(job);
    tiles[job.finest].insert(done.at(job.finest));
    for (int level = job.finest; level > job.coarsest; --level)
    {
        tiles[level - 1].insert(stac::parents(job.grid, level, tiles[level]));
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
    RunWork work{start.job, before.all()};
    work.job = of_all_runs(work.job, start.state, work.done);
    if (start.changes)
    {
        const stac::LevelSets touched = touched_tiles(*work.job, *start.changes, work.done);
        work.job = with_more_tiles(work.job, touched);
        work.done.erase(touched);
    }
    if (stac::TileSet tiles = left_over(*work.job, before.pending); !tiles.empty())
    {
        work.job = with_more_tiles(work.job, {{work.job->finest, std::move(tiles)}});
    }
    if (options.overwrite)
    {
        work.done.erase(selected_tiles(*work.job));
    }
    if (options.retry_failed)
    {
        work.done = all_but_failed(*work.job, before);
    }
    if (options.check)
    {
        work.done.erase(removed_tiles(store, *work.job, before));
    }
    return work;
}

} // namespace tiledir::engine
