#include "tools/engine/run/tiles_to_retry.h"

#include "tools/engine/output/status.h"
#include "tools/engine/plan/missing_tiles.h"
#include "tools/engine/plan/plan.h"

#include <spdlog/spdlog.h>

namespace tiledir::engine
{
stac::LevelSets all_but_failed(const ResolvedRecipe &resolved, const journal::TileStates &before)
{
    stac::LevelSets tiles = before.all();
    tiles.insert(selected_tiles(resolved));
    tiles.erase(before.failed);
    tiles.erase(waiting_for(resolved, before.failed).common(before.pending));
    return tiles;
}

stac::LevelSets above_pending(const ResolvedRecipe &resolved, const journal::TileStates &before,
                              const stac::LevelSets &planned)
{
    stac::LevelSets rest = before.pending;
    rest.erase(planned);
    return waiting_for(resolved, rest).common(planned);
}

stac::LevelSets above_failed(const ResolvedRecipe &resolved, const std::vector<TileFailure> &failures,
                             const stac::LevelSets &planned)
{
    if (resolved.recipe.overviews_from_process)
    {
        return {};
    }
    stac::LevelSets failed;
    for (const TileFailure &failure : failures)
    {
        failed.insert(failure.tile);
    }
    return waiting_for(resolved, failed).common(planned);
}

stac::LevelSets removed_tiles(const store::Store &store, const ResolvedRecipe &resolved,
                              const journal::TileStates &before)
{
    stac::LevelSets there = before.stored;
    there.insert(before.foreign);
    stac::LevelSets removed = missing_tiles(store, resolved, selected_tiles(resolved).common(there));
    spdlog::info("event=check removed={}", removed.count());
    return removed;
}

} // namespace tiledir::engine
