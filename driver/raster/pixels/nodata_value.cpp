#include "driver/raster/pixels/nodata_value.h"

#include "driver/raster/pixels/data_type.h"

#include <cmath>
#include <cstring>

namespace tiledir::raster
{

namespace
{

bool is_64_bits(GDALDataType type)
{
    return type == GDT_Int64 || type == GDT_UInt64;
}

} // namespace

std::optional<NodataValue> NodataValue::of(GDALRasterBand &band)
{
    int has = FALSE;
    std::optional<NodataValue> value;
    if (band.GetRasterDataType() == GDT_Int64)
    {
        const std::int64_t whole = band.GetNoDataValueAsInt64(&has);
        value.emplace(static_cast<double>(whole), whole);
    }
    else if (band.GetRasterDataType() == GDT_UInt64)
    {
        const std::uint64_t whole = band.GetNoDataValueAsUInt64(&has);
        value.emplace(static_cast<double>(whole), static_cast<std::int64_t>(whole));
    }
    else
    {
        value.emplace(band.GetNoDataValue(&has));
    }
    return has ? value : std::nullopt;
}

bool NodataValue::is_told(GDALRasterBand &band, const std::optional<NodataValue> &wanted)
{
    int known = FALSE;
    const GDALDataType type = band.GetRasterDataType();
    if (type == GDT_Int64)
    {
        const auto value = band.GetNoDataValueAsInt64(&known);
        return !known || (wanted && wanted->as_int64() == value);
    }
    if (type == GDT_UInt64)
    {
        const auto value = band.GetNoDataValueAsUInt64(&known);
        return !known || (wanted && wanted->as_uint64() == value);
    }
    const double value = band.GetNoDataValue(&known);
    if (!known || !wanted)
    {
        return !known;
    }
    const double number = wanted->number();
    return number == value || (std::isnan(number) && std::isnan(value)) ||
           (type == GDT_Float32 && static_cast<float>(number) == static_cast<float>(value));
}

bool NodataValue::fits(GDALDataType type) const
{
    return (m_whole && is_64_bits(type)) || holds(type, m_number);
}

void NodataValue::write(GDALDataType type, void *pixel) const
{
    if (m_whole && is_64_bits(type))
    {
        std::memcpy(pixel, &*m_whole, sizeof *m_whole);
    }
    else
    {
        GDALCopyWords(&m_number, GDT_Float64, 0, pixel, type, 0, 1);
    }
}

} // namespace tiledir::raster
