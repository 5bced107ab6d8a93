// What a run tells at its end.
#pragma once

#include "tools/engine/run.h"

#include <chrono>
#include <cstdint>

namespace tiledir::engine
{

bool too_many_failures(const Report &report, const RunOptions &options);

/// Of a run that is over, or given up.
RunResult result_of(const Report &report, const Job &job, const RunOptions &options, std::int64_t planned,
                    std::chrono::steady_clock::time_point begun);

} // namespace tiledir::engine
