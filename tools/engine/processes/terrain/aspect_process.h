// The direction that slopes face: GDAL's own algorithm (gdaldem aspect) with all its options.
#pragma once

#include "tools/engine/processes/process.h"

namespace tiledir::engine
{

/// Input `dem`; output one Float32 band, degrees, nodata -9999, which flat places are too unless they are to be 0.
ProcessKind aspect_process();

} // namespace tiledir::engine
