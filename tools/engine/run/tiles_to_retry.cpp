#include "tools/engine/run/tiles_to_retry.h"

#include "tools/engine/output/status.h"
#include "tools/engine/plan/missing_tiles.h"
#include "tools/engine/plan/plan.h"

#include <spdlog/spdlog.h>

namespace tiledir::engine
{
namespace
{

stac::LevelSets common(const stac::LevelSets &one, const stac::LevelSets &other)
{
    stac::LevelSets both;
    for (const auto &[level, set] : one)
    {
        const auto found = other.find(level);
        if (found != other.end())
        {
            both[level] = set.common(found->second);
        }
    }
    return both;
}

void insert_all(stac::LevelSets &tiles, const stac::LevelSets &others)
{
    for (const auto &[level, set] : others)
    {
        tiles[level].insert(set);
    }
}

void erase_all(stac::LevelSets &tiles, const stac::LevelSets &others)
{
    for (const auto &[level, set] : others)
    {
        tiles[level].erase(set);
    }
}

} // namespace

stac::LevelSets all_but_failed(const Job &job, const journal::TileStates &before)
{
    stac::LevelSets tiles = before.all();
    insert_all(tiles, selected_tiles(job));
    erase_all(tiles, before.failed);
    erase_all(tiles, common(waiting_for(job, before.failed), before.pending));
    return tiles;
}

stac::LevelSets above_pending(const Job &job, const journal::TileStates &before, const stac::LevelSets &planned)
{
    stac::LevelSets rest = before.pending;
    erase_all(rest, planned);
    return common(waiting_for(job, rest), planned);
}

stac::LevelSets above_failed(const Job &job, const std::vector<TileFailure> &failures, const stac::LevelSets &planned)
{
    if (job.recipe.overviews_from_process)
    {
        return {};
    }
    stac::LevelSets failed;
    for (const TileFailure &failure : failures)
    {
        const stac::TileId &tile = failure.tile;
        failed[tile.level].insert(tile.row, tile.col, tile.col);
    }
    return common(waiting_for(job, failed), planned);
}

stac::LevelSets removed_tiles(const store::Store &store, const Job &job, const journal::TileStates &before)
{
    stac::LevelSets there = before.stored;
    insert_all(there, before.foreign);
    stac::LevelSets removed = missing_tiles(store, job, common(selected_tiles(job), there));
    std::int64_t count = 0;
    for (const auto &[level, tiles] : removed)
    {
        count += tiles.count();
    }
    spdlog::info("event=check removed={}", count);
    return removed;
}

} // namespace tiledir::engine
