// Each pixel from those around it.
#pragma once

#include "tools/engine/processes/process.h"

namespace tiledir::engine
{

/// Input `source`; output each of its bands: Float32, or Float64 where that would round the input; nodata NaN. A pixel
/// without data stays so; of those around it only those with data count, but a convolution needs all.
ProcessKind focal_process();

} // namespace tiledir::engine
