// GDAL's ways to make a directory of tiles.
#pragma once

#include "driver/store/gdal_compat.h"

#include <cpl_progress.h>

namespace tiledir::driver
{

/// GDAL's pfnCreateCopy: all tiles, overviews and the item are written and durable when it returns.
GDALDataset *create_copy(const char *name, GDALDataset *source, int strict, store::StringList options,
                         GDALProgressFunc progress, void *progress_data) noexcept;

} // namespace tiledir::driver
