// How rugged terrain is: GDAL's own algorithms (gdaldem TRI, TPI, roughness) with all their options. The input is
// `dem`, the output one Float32 band in units of the elevations, nodata -9999.
#pragma once

#include "tools/engine/processes/process.h"

namespace tiledir::engine
{

ProcessKind tri_process();
ProcessKind tpi_process();
ProcessKind roughness_process();

} // namespace tiledir::engine
