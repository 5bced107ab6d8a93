#include "driver/raster/pixels/pixel_conversion.h"

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

namespace tiledir::raster
{

namespace
{

using PixelBytes = std::array<unsigned char, 16>;

PixelBytes bytes_of(const NodataValue &value, GDALDataType type)
{
    PixelBytes bytes{};
    value.write(type, bytes.data());
    return bytes;
}

class Conversion
{
public:
    Conversion(const PixelBlock &from, const PixelConversion &to)
        : m_from(from)
        , m_to(to)
        , m_values(static_cast<std::size_t>(from.width()))
        , m_result(from.width(), from.height(), from.bands() + (to.mask ? 1 : 0), to.type)
    {
        if (to.nodata && !to.nodata->is_nan())
        {
            m_nodata = bytes_of(*to.nodata, to.type);
            m_beside = bytes_of(value_beside(*to.nodata, to.type), to.type);
        }
    }

    PixelBlock run() &&
    {
        for (int row = 0; row < m_from.height(); ++row)
        {
            m_any_valid.assign(m_values.size(), 0);
            for (int band = 0; band < m_from.bands(); ++band)
            {
                convert(band, row);
            }
            if (m_to.mask)
            {
                GDALCopyWords(m_any_valid.data(), GDT_Byte, 1, m_result.data(m_from.bands(), row), m_to.type,
                              m_result.pixel_size(), m_from.width());
            }
        }
        return std::move(m_result);
    }

private:
    bool is_nodata(double value) const
    {
        return value == m_to.nodata_before || (std::isnan(value) && std::isnan(m_to.nodata_before));
    }

    void convert(int band, int row)
    {
        GDALCopyWords(m_from.data(band, row), m_from.type(), m_from.pixel_size(), m_values.data(), GDT_Float64,
                      sizeof(double), m_from.width());
        const double nodata = m_to.nodata ? m_to.nodata->number() : 0;
        m_valid.resize(m_values.size());
        for (std::size_t col = 0; col < m_values.size(); ++col)
        {
            m_valid[col] = is_nodata(m_values[col]) ? 0 : 255;
            m_values[col] = m_valid[col] == 0 ? nodata : m_values[col];
            m_any_valid[col] |= m_valid[col];
        }
        GDALCopyWords(m_values.data(), GDT_Float64, sizeof(double), m_result.data(band, row), m_to.type,
                      m_result.pixel_size(), m_from.width());
        if (m_to.nodata && !m_to.nodata->is_nan())
        {
            move_off_nodata(m_result.data(band, row));
        }
    }

    void move_off_nodata(unsigned char *pixel) const
    {
        const auto size = static_cast<std::size_t>(m_result.pixel_size());
        for (const unsigned char valid : m_valid)
        {
            if (valid != 0 && std::memcmp(pixel, m_nodata.data(), size) == 0)
            {
                std::memcpy(pixel, m_beside.data(), size);
            }
            pixel += size;
        }
    }

    const PixelBlock &m_from;
    const PixelConversion &m_to;
    std::vector<double> m_values;           ///< of a row
    std::vector<unsigned char> m_valid;     ///< of it in a band
    std::vector<unsigned char> m_any_valid; ///< of it in any band
    PixelBlock m_result;
    PixelBytes m_nodata{};
    PixelBytes m_beside{};
};

} // namespace

PixelBlock converted(PixelBlock &&block, const PixelConversion &conversion)
{
    const bool same_nodata = conversion.nodata && NodataValue(conversion.nodata_before) == *conversion.nodata;
    if (block.type() == conversion.type && same_nodata && !conversion.mask)
    {
        return std::move(block);
    }
    return Conversion(block, conversion).run();
}

NodataValue value_beside(const NodataValue &value, GDALDataType type)
{
    const double number = value.number();
    if (type == GDT_Float32)
    {
        const auto narrow = static_cast<float>(number);
        return std::nextafter(narrow, narrow == 0 ? 1.0F : 0.0F);
    }
    if (type == GDT_Float64)
    {
        return std::nextafter(number, number == 0 ? 1.0 : 0.0);
    }
    if (const auto whole = value.whole())
    {
        const bool is_lowest = type == GDT_UInt64 ? *whole == 0 : *whole == std::numeric_limits<std::int64_t>::min();
        const std::int64_t beside = is_lowest ? *whole + 1 : *whole - 1;
        return {static_cast<double>(beside), beside};
    }
    const NodataValue below = number - 1;
    return below.fits(type) ? below : NodataValue(number + 1);
}

} // namespace tiledir::raster
