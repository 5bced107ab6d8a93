// Shaded relief of a digital elevation model: GDAL's own algorithm (gdaldem hillshade) with all its options.
#pragma once

#include "tools/engine/processes/process.h"

namespace tiledir::engine
{

/// Input `dem`; output one Byte band, 1 to 255, nodata 0.
ProcessKind hillshade_process();

} // namespace tiledir::engine
