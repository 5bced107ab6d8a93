// Pixels as their makers have them, brought to what tiles hold.
#pragma once

#include "driver/raster/pixels/nodata_value.h"
#include "driver/raster/pixels/pixel_block.h"

#include <gdal.h>

#include <optional>

namespace tiledir::raster
{

/// What pixels are brought to.
struct PixelConversion
{
    double nodata_before = 0; ///< of pixels without data; NaN is one
    GDALDataType type = GDT_Byte;
    std::optional<NodataValue> nodata; ///< a value of `type`; nullopt: pixels without data become 0
    bool mask = false;                 ///< one more band: 255 where a band has data, else 0
};

/// Converted as GDAL converts: rounded and clamped. A pixel with data that would equal the nodata value is the one
/// beside it (see value_beside()).
PixelBlock converted(PixelBlock &&block, const PixelConversion &conversion);

/// The nearest value of a type to one of its values: the one below, above where there is none. Of floating point the
/// next one towards 0, of 0 the smallest above.
NodataValue value_beside(const NodataValue &value, GDALDataType type);

} // namespace tiledir::raster
