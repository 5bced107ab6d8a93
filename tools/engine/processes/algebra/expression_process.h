// Bands computed by formulas.
#pragma once

#include "tools/engine/processes/process.h"

namespace tiledir::engine
{

/// Inputs of any names; output one Float32 band an expression, nodata NaN. See Expression.
ProcessKind expression_process();

} // namespace tiledir::engine
