// `gdal driver tiledir refresh`, on GDAL's that have such commands.
#pragma once

#include "driver/store/gdal_compat.h"

namespace tiledir::driver
{

/// Lets the driver's commands be found; does nothing before GDAL 3.11.
void declare_algorithms(GDALDriver &driver);

} // namespace tiledir::driver
