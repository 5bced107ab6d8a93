// What a reader has to know of a band.
#pragma once

#include "driver/raster/pixels/nodata_value.h"

#include <gdal.h>

#include <cstddef>
#include <optional>

namespace tiledir::driver
{

struct BandPixels
{
    GDALDataType type = GDT_Byte;
    std::optional<raster::NodataValue> nodata; ///< pixels of absent tiles; zero without it
    std::size_t source = 0;                    ///< whose tiles it is in
    int source_band = 0;                       ///< which band of those, from 0
    bool alpha = false;
};

} // namespace tiledir::driver
