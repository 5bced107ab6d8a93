#include "driver/raster/pixels/pixel_block.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace tiledir::raster
{

namespace
{

template <class T> bool all_pixels_equal(const unsigned char *data, std::size_t size, double value)
{
    const auto *pixels = reinterpret_cast<const T *>(data);
    const std::size_t count = size / sizeof(T);
    const auto wanted = static_cast<T>(value);
    for (std::size_t i = 0; i < count; ++i)
    {
        const bool equal = std::isnan(wanted) ? std::isnan(pixels[i]) : pixels[i] == wanted;
        if (!equal)
        {
            return false;
        }
    }
    return true;
}

} // namespace

PixelBlock::PixelBlock(int width, int height, int bands, GDALDataType type)
    : m_width(width)
    , m_height(height)
    , m_bands(bands)
    , m_type(type)
    , m_pixel_size(GDALGetDataTypeSizeBytes(type))
    , m_data(static_cast<std::size_t>(width) * height * bands * m_pixel_size)
{
}

void PixelBlock::fill(const NodataValue &value)
{
    if (m_data.empty())
    {
        return;
    }
    value.write(m_type, data());
    GDALCopyWords(data(), m_type, 0, data(), m_type, m_pixel_size, m_width);
    for (std::size_t done = row_size(); done < m_data.size(); done += row_size())
    {
        std::memcpy(m_data.data() + done, m_data.data(), row_size());
    }
}

bool PixelBlock::all_equal(const NodataValue &value) const
{
    if (m_data.empty())
    {
        return true;
    }
    if (!value.fits(m_type))
    {
        return false;
    }
    if (m_type == GDT_Float32)
    {
        return all_pixels_equal<float>(m_data.data(), m_data.size(), value.number());
    }
    if (m_type == GDT_Float64)
    {
        return all_pixels_equal<double>(m_data.data(), m_data.size(), value.number());
    }
    PixelBlock wanted(1, 1, 1, m_type);
    wanted.fill(value);
    // The first pixel is the one wanted, and each equals the one before it.
    return std::memcmp(m_data.data(), wanted.data(), m_pixel_size) == 0 &&
           std::memcmp(m_data.data(), m_data.data() + m_pixel_size, m_data.size() - m_pixel_size) == 0;
}

void PixelBlock::paste(const PixelBlock &source, int from_col, int from_row, int width, int height, int to_col,
                       int to_row)
{
    const std::size_t bytes = static_cast<std::size_t>(width) * m_pixel_size;
    for (int band = 0; band < m_bands; ++band)
    {
        for (int line = 0; line < height; ++line)
        {
            std::memcpy(data(band, to_row + line) + static_cast<std::size_t>(to_col) * m_pixel_size,
                        source.data(band, from_row + line) + static_cast<std::size_t>(from_col) * m_pixel_size, bytes);
        }
    }
}

PixelBlock PixelBlock::part(int col, int row, int width, int height) const
{
    PixelBlock result(width, height, m_bands, m_type);
    result.paste(*this, col, row, width, height, 0, 0);
    return result;
}

void paste(const stac::PixelWindow &part, const PixelBlock &from, const stac::PixelWindow &from_window, PixelBlock &to,
           const stac::PixelWindow &to_window)
{
    to.paste(from, static_cast<int>(part.col - from_window.col), static_cast<int>(part.row - from_window.row),
             static_cast<int>(part.width), static_cast<int>(part.height), static_cast<int>(part.col - to_window.col),
             static_cast<int>(part.row - to_window.row));
}

stac::PixelWindow difference(const PixelBlock &one, const PixelBlock &other)
{
    int first_row = one.height();
    int end_row = 0;
    std::size_t first = one.row_size(); // byte of a row
    std::size_t end = 0;
    for (int band = 0; band < one.bands(); ++band)
    {
        for (int row = 0; row < one.height(); ++row)
        {
            const unsigned char *left = one.data(band, row);
            const unsigned char *right = other.data(band, row);
            if (std::memcmp(left, right, one.row_size()) == 0)
            {
                continue;
            }
            first_row = std::min(first_row, row);
            end_row = std::max(end_row, row + 1);
            const auto from = std::mismatch(left, left + first, right).first - left;
            first = static_cast<std::size_t>(from);
            for (std::size_t at = one.row_size(); at > end; --at)
            {
                if (left[at - 1] != right[at - 1])
                {
                    end = at;
                }
            }
        }
    }
    if (end_row == 0)
    {
        return {};
    }
    const auto size = static_cast<std::size_t>(one.pixel_size());
    const auto col = static_cast<std::int64_t>(first / size);
    return {col, first_row, static_cast<std::int64_t>((end + size - 1) / size) - col, end_row - first_row};
}

} // namespace tiledir::raster
