#include "tools/engine/run/run_work.h"

#include "stac/grid/tile_parents.h"
#include "tools/engine/job/input_tiles.h"
#include "tools/engine/run/tiles_to_retry.h"

#include <utility>

namespace tiledir::engine
{
namespace
{

void erase(stac::LevelSets &from, const stac::LevelSets &tiles)
{
    for (const auto &[level, set] : tiles)
    {
        from[level].erase(set);
    }
}

/// What was to be made again where no file lies any more: no region will ever select it.
stac::TileSet left_over(const Job &job, const stac::LevelSets &pending)
{
    const auto base = pending.find(job.finest);
    if (base == pending.end())
    {
        return {};
    }
    stac::TileSet tiles = base->second;
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
    const auto base = done.find(job->finest);
    if (base == done.end() || !state.exists() || job->selection.contains(base->second))
    {
        return job;
    }
    const bool was_larger = base->second.contains(job->selection);
    return with_region_of(job, was_larger ? state.recipe() : Json::object());
}

} // namespace

stac::LevelSets extent(const Job &job, const stac::LevelSets &done)
{
    stac::LevelSets tiles = selected_tiles(job);
    const auto base = done.find(job.finest);
    if (base != done.end())
    {
        tiles[job.finest].insert(base->second);
    }
    for (int level = job.finest; level > job.coarsest; --level)
    {
        tiles[level - 1].insert(stac::parents(job.grid, level, tiles[level]));
    }
    return tiles;
}

stac::LevelSets planned_tiles(const Plan &plan)
{
    stac::LevelSets tiles = plan.computed();
    for (const auto &[level, set] : plan.overviews())
    {
        tiles[level].insert(set);
    }
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
        work.job = with_also(work.job, touched);
        erase(work.done, touched);
    }
    if (stac::TileSet tiles = left_over(*work.job, before.pending); !tiles.empty())
    {
        work.job = with_also(work.job, {{work.job->finest, std::move(tiles)}});
    }
    if (options.overwrite)
    {
        erase(work.done, selected_tiles(*work.job));
    }
    if (options.retry_failed)
    {
        work.done = all_but_failed(*work.job, before);
    }
    if (options.check)
    {
        erase(work.done, removed_tiles(store, *work.job, before));
    }
    return work;
}

} // namespace tiledir::engine
