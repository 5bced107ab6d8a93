// Times as STAC writes them.
#pragma once

#include <ctime>
#include <string>

namespace tiledir::stac
{

/// RFC 3339, in UTC and whole seconds: 2026-11-25T09:30:00Z.
std::string utc_time(std::time_t time);

/// RFC 3339, with date, time and zone, as STAC has it.
bool is_datetime(const std::string &text);

} // namespace tiledir::stac
