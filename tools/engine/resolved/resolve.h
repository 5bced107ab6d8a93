// Makes resolved recipes: opens grid and inputs, and fills in what the recipe leaves open.
#pragma once

#include "tools/engine/host/stop_request.h"
#include "tools/engine/resolved/resolved_recipe.h"

#include <memory>

namespace tiledir::engine
{

/// Opens grid and inputs (of those that the output's `.tiledir/inputs.json` knows only what it says), fills in levels,
/// kernel scales, data type and nodata; waits for credentials that have expired until `stop` is asked. Throws
/// InputError that names the key or the file.
std::shared_ptr<const ResolvedRecipe> resolve(Recipe recipe, const StopToken &stop = {});

/// Changes the coarsest level (to that of an existing output).
std::shared_ptr<const ResolvedRecipe> with_coarsest(const ResolvedRecipe &resolved, int coarsest);

/// As a saved recipe has it: the kernel scales and, where levels are `auto`, the base level.
std::shared_ptr<const ResolvedRecipe> as_saved(const std::shared_ptr<const ResolvedRecipe> &resolved,
                                               const Json &saved);

/// With the region of a saved recipe (none where that is empty) in the document: for an output that is larger than what
/// this run is about, so that its recipe makes all of it again.
std::shared_ptr<const ResolvedRecipe> with_region_of(const std::shared_ptr<const ResolvedRecipe> &resolved,
                                                     const Json &saved);

/// With more tiles to make.
std::shared_ptr<const ResolvedRecipe> with_more_tiles(const std::shared_ptr<const ResolvedRecipe> &resolved,
                                                      const stac::LevelSets &tiles);

} // namespace tiledir::engine
