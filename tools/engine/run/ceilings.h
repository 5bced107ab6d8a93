// How much a run may make.
#pragma once

#include "tools/engine/plan/plan.h"
#include "tools/engine/run/run_options.h"

#include <cstdint>

namespace tiledir::engine
{

/// Of the pixels of so many tiles, before compression.
std::int64_t bytes_of(const ResolvedRecipe &resolved, std::int64_t tiles);

/// Throws InputError where the plan is more than the caller allows.
void check_ceilings(const ResolvedRecipe &resolved, const Plan &plan, const RunOptions &options);

} // namespace tiledir::engine
