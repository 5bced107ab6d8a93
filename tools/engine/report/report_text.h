// A report for programs and for people.
#pragma once

#include "tools/engine/report/report.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::engine
{

/// What --json prints at the end; docs/reference/commands.md says what it holds. `planned`: tiles, nothing where the
/// run ended before that was known.
Json report_json(const Report &report, const ResolvedRecipe &resolved, std::optional<std::int64_t> planned,
                 double seconds, const std::string &state);

/// In one line.
std::string report_summary(const Report &report, double seconds);

/// One line for each tile that failed, the first twenty of them: tile, cause, attempts, reason, and the command that
/// makes that tile alone.
std::vector<std::string> failure_lines(const Report &report, const ResolvedRecipe &resolved);

/// `11/802-803/543-545`, or `11/802/543` of one tile.
std::string name(const ResolvedRecipe &resolved, const Portion &portion);

} // namespace tiledir::engine
