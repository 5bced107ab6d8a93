// One run of a recipe, from its files to its report.
#pragma once

#include "driver/store/store.h"
#include "tools/engine/resolved/resolved_recipe.h"
#include "tools/engine/run/run_options.h"
#include "tools/engine/run/run_result.h"

#include <memory>

namespace tiledir::engine
{

/// What a run would do; writes nothing.
/// `{"output", "levels", "tiles", "pixels", "estimated_bytes", "by_level"}`. Throws as run() does.
Json estimate(const std::shared_ptr<const ResolvedRecipe> &resolved, const RunOptions &options);

/// Makes what is not done. Throws InputError: nothing was changed. What a store refuses is in the result.
RunResult run(const std::shared_ptr<const ResolvedRecipe> &resolved, const RunOptions &options);
/// A run in a store that stands for the recipe's output.
RunResult run(const std::shared_ptr<const ResolvedRecipe> &resolved, const RunOptions &options, store::Store &store);

} // namespace tiledir::engine
