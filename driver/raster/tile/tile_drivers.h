// The GDAL drivers that may open a tile's bytes.
#pragma once

#include "driver/store/store.h"

#include <string>

namespace tiledir::raster
{

/// Names for GDALOpenEx, by the first bytes of the tile; null: every driver. A tile that came over a network is opened
/// by those drivers alone whose files name no others: a VRT, WMS or HDF5 file may point to any local file. Lives as
/// long as the process.
const char *const *drivers_of_tile(const store::Bytes &bytes, bool from_network);

/// Why none of them opens it, where GDAL says nothing.
std::string reason_of_unopened_tile(const store::Bytes &bytes, bool from_network);

} // namespace tiledir::raster
