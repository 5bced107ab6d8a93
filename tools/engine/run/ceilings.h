// How much a run may make.
#pragma once

#include "tools/engine/plan/plan.h"
#include "tools/engine/run/run.h"

#include <cstdint>

namespace tiledir::engine
{

/// Of the pixels of so many tiles, before compression.
std::int64_t bytes_of(const Job &job, std::int64_t tiles);

/// Throws InputError where the plan is more than the caller allows.
void check_ceilings(const Job &job, const Plan &plan, const RunOptions &options);

} // namespace tiledir::engine
