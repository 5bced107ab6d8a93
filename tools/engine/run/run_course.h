// How a run goes, and what it tells at its end.
#pragma once

#include "tools/engine/report/report.h"
#include "tools/engine/resolved/resolved_recipe.h"
#include "tools/engine/run/run_options.h"
#include "tools/engine/run/run_result.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace tiledir::engine
{

bool too_many_failures(const Report &report, const RunOptions &options);

/// What a run has come to.
struct RunCourse
{
    Report report;
    std::optional<std::int64_t> planned; ///< tiles; nothing while that is not known
    std::string refusal;                 ///< why it could not go on; empty where it could
    std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
};

/// Of a run that is over, or given up.
RunResult result_of(const RunCourse &course, const ResolvedRecipe &resolved, const RunOptions &options);

} // namespace tiledir::engine
