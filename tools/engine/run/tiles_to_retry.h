// Which tiles --retry-failed and --check make.
#pragma once

#include "driver/journal/tile_states.h"
#include "driver/store/store.h"
#include "stac/grid/level_sets.h"
#include "tools/engine/report/failure.h"
#include "tools/engine/resolved/resolved_recipe.h"

#include <vector>

namespace tiledir::engine
{

/// What a plan is to leave alone so that it makes only the tiles that failed and the overviews that wait for them.
stac::LevelSets all_but_failed(const ResolvedRecipe &resolved, const journal::TileStates &before);

/// Of `planned` those overviews under which other tiles are still pending: not done before these are.
stac::LevelSets above_pending(const ResolvedRecipe &resolved, const journal::TileStates &before,
                              const stac::LevelSets &planned);

/// Of `planned` those overviews that are above tiles that failed, made or not.
stac::LevelSets above_failed(const ResolvedRecipe &resolved, const std::vector<TileFailure> &failures,
                             const stac::LevelSets &planned);

/// Selected tiles that should be in the store and are not. Throws as missing_tiles().
stac::LevelSets removed_tiles(const store::Store &store, const ResolvedRecipe &resolved,
                              const journal::TileStates &before);

} // namespace tiledir::engine
