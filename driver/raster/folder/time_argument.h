// Times as a user writes them.
#pragma once

#include <ctime>
#include <string>

namespace tiledir::raster
{

/// `2026-11-25`, `2026-11-25T09:30:00Z` (UTC, where it names no zone) or how long ago: `90s`, `15min`, `2h`, `3d`.
/// Throws InputError.
std::time_t time_argument(const std::string &text, std::time_t now);

} // namespace tiledir::raster
