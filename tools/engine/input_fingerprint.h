// What tells that an input file is still the one a run has read.
#pragma once

#include "tools/engine/resolve.h"

#include <string>
#include <vector>

namespace tiledir::engine
{

/// `{"software": {"tiledir": "0.1", "gdal": "3.6"}, "inputs": {"dem": [{"path", "size", "time"}]}}`: as it is saved in
/// `.tiledir/inputs.json`. Sizes in bytes, times in seconds since 1970.
Json fingerprint(const Job &job);

/// What differs between two of them, a line each.
std::vector<std::string> differences(const Json &saved, const Json &now);

} // namespace tiledir::engine
