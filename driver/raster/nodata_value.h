// The value of pixels without data.
#pragma once

#include <gdal.h>

#include <cstdint>
#include <optional>

namespace tiledir::raster
{

/// Exact for every data type, 64-bit integers too. Immutable.
class NodataValue
{
public:
    explicit NodataValue(double number)
        : m_number(number)
    {
    }
    /// `whole`: the value of an Int64; of a UInt64 its two's complement.
    NodataValue(double number, std::optional<std::int64_t> whole)
        : m_number(number)
        , m_whole(whole)
    {
    }

    double number() const { return m_number; }
    std::int64_t as_int64() const { return integer<std::int64_t>(GDT_Int64); }
    std::uint64_t as_uint64() const { return integer<std::uint64_t>(GDT_UInt64); }
    /// Writes one pixel, converted as GDAL converts.
    void write(GDALDataType type, void *pixel) const;

private:
    template <class Integer> Integer integer(GDALDataType type) const
    {
        Integer value = 0;
        write(type, &value);
        return value;
    }

    double m_number;
    std::optional<std::int64_t> m_whole;
};

} // namespace tiledir::raster
