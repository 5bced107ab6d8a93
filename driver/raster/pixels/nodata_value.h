// The value of pixels without data.
#pragma once

#include <gdal_priv.h>

#include <cstdint>
#include <optional>

namespace tiledir::raster
{

/// Exact for every data type, 64-bit integers too. Immutable.
class NodataValue
{
public:
    NodataValue(double number) // NOLINT(google-explicit-constructor): a plain number is one
        : m_number(number)
    {
    }
    /// `whole`: the value of an Int64; of a UInt64 its two's complement.
    NodataValue(double number, std::optional<std::int64_t> whole)
        : m_number(number)
        , m_whole(whole)
    {
    }

    /// Of a band of a dataset; nullopt where it has none.
    static std::optional<NodataValue> of(GDALRasterBand &band);

    /// True where a band has no nodata, or none but `wanted`.
    static bool is_told(GDALRasterBand &band, const std::optional<NodataValue> &wanted);

    /// The nearest one.
    double number() const { return m_number; }
    /// As given to the constructor.
    const std::optional<std::int64_t> &whole() const { return m_whole; }
    std::int64_t as_int64() const { return integer<std::int64_t>(GDT_Int64); }
    std::uint64_t as_uint64() const { return integer<std::uint64_t>(GDT_UInt64); }
    bool is_nan() const { return m_number != m_number; }
    /// True where a pixel of that type can have just this value.
    bool fits(GDALDataType type) const;
    /// Writes one pixel, converted as GDAL converts.
    void write(GDALDataType type, void *pixel) const;

    /// NaN equals NaN.
    bool operator==(const NodataValue &other) const
    {
        const bool same = m_number == other.m_number || (is_nan() && other.is_nan());
        return same && (!m_whole || !other.m_whole || *m_whole == *other.m_whole);
    }
    bool operator!=(const NodataValue &other) const { return !(*this == other); }

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
