#include "driver/raster/nodata_value.h"

#include <cstring>

namespace tiledir::raster
{

void NodataValue::write(GDALDataType type, void *pixel) const
{
    if (m_whole && (type == GDT_Int64 || type == GDT_UInt64))
        std::memcpy(pixel, &*m_whole, sizeof *m_whole);
    else
        GDALCopyWords(&m_number, GDT_Float64, 0, pixel, type, 0, 1);
}

} // namespace tiledir::raster
