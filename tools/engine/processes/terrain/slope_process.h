// Steepness: GDAL's own algorithm (gdaldem slope) with all its options.
#pragma once

#include "tools/engine/processes/process.h"

namespace tiledir::engine
{

/// Input `dem`; output one Float32 band, degrees or percent, nodata -9999.
ProcessKind slope_process();

} // namespace tiledir::engine
