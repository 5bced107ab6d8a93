// Overviews of an output in which others write beside a run.
#pragma once

#include "driver/journal/journal.h"
#include "driver/store/store.h"
#include "stac/grid/level_sets.h"
#include "tools/engine/resolved/resolved_recipe.h"

#include <string>

namespace tiledir::engine
{

/// Who writes a tile beside a run makes the overviews above it; the run may have put its own there since, made of what
/// was below before. To be called once all tiles of the run are there: makes those again that are above tiles of
/// writers at work, `but` for the intent of this key, and of those that have ended since the journal was read. Each has
/// its intent until its word is in the journal. Throws StoreError.
void renew_beside_others(store::Store &store, const ResolvedRecipe &resolved, journal::Journal &journal,
                         const std::string &but);

/// Makes the overviews again that are above these tiles and are not what is below them. Throws StoreError.
void renew_above(store::Store &store, const ResolvedRecipe &resolved, const stac::LevelSets &tiles);

} // namespace tiledir::engine
