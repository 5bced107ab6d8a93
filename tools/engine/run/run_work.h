// Which tiles a run has to make.
#pragma once

#include "driver/journal/journal.h"
#include "stac/grid/level_sets.h"
#include "tools/engine/plan/plan.h"
#include "tools/engine/run/run_start.h"

#include <memory>

namespace tiledir::engine
{

/// What a run has to do.
struct RunWork
{
    std::shared_ptr<const ResolvedRecipe> resolved; ///< the start's, with all that is to be made
    stac::LevelSets done;                           ///< less what is to be made again
};

/// `before`: what the journal says. Throws StoreError where the store is asked what was removed.
RunWork work_of(const store::Store &store, const RunStart &start, const RunOptions &options,
                const journal::TileStates &before);

/// All that the output stands for once a run is done.
stac::LevelSets extent(const ResolvedRecipe &resolved, const stac::LevelSets &done);

/// All tiles of a plan, computed ones and overviews.
stac::LevelSets planned_tiles(const Plan &plan);

} // namespace tiledir::engine
