// Elevations as colours: GDAL's own algorithm (gdaldem color-relief) with all its options.
#pragma once

#include "tools/engine/processes/process.h"

namespace tiledir::engine
{

/// Input `dem`; output red, green, blue and, unless it is not wanted, opacity, Byte.
ProcessKind color_relief_process();

} // namespace tiledir::engine
