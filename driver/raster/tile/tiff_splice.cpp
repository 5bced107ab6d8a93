#include "driver/raster/tile/tiff_splice.h"

#include <cpl_conv.h>
#include <cpl_port.h>
#include <cpl_string.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace tiledir::raster
{

namespace
{

template <class T> T value_at(const store::Bytes &bytes, std::size_t offset)
{
    T value = {};
    if (offset <= bytes.size() && bytes.size() - offset >= sizeof(T))
    {
        std::memcpy(&value, bytes.data() + offset, sizeof(T));
    }
    return value;
}

template <class T> void put(store::Bytes &bytes, std::size_t offset, T value)
{
    std::memcpy(bytes.data() + offset, &value, sizeof(T));
}

/// An entry of a TIFF directory. TIFF 6.0, section 2.
struct Entry
{
    std::uint16_t type;
    std::uint32_t count;
    std::size_t value_at; ///< where the value lies in the file
};

constexpr std::uint16_t kShort = 3;
constexpr std::uint16_t kLong = 4;
constexpr std::uint16_t kDouble = 12;

std::optional<Entry> entry_of(const store::Bytes &file, std::uint16_t tag)
{
    const std::size_t directory = value_at<std::uint32_t>(file, 4);
    const int count = value_at<std::uint16_t>(file, directory);
    for (int i = 0; i < count; ++i)
    {
        const std::size_t at = directory + 2 + 12 * static_cast<std::size_t>(i);
        if (value_at<std::uint16_t>(file, at) != tag)
        {
            continue;
        }
        Entry entry = {value_at<std::uint16_t>(file, at + 2), value_at<std::uint32_t>(file, at + 4), at + 8};
        if (entry.type == kDouble)
        {
            entry.value_at = value_at<std::uint32_t>(file, at + 8);
        }
        return entry;
    }
    return std::nullopt;
}

bool is_integer(const std::optional<Entry> &entry)
{
    return entry && entry->count == 1 && (entry->type == kShort || entry->type == kLong);
}

std::uint32_t integer_of(const store::Bytes &file, const Entry &entry)
{
    return entry.type == kShort ? value_at<std::uint16_t>(file, entry.value_at)
                                : value_at<std::uint32_t>(file, entry.value_at);
}

/// TIFF 6.0, section 14: each pixel less its left neighbour, modulo the type's range.
template <class T> void difference_rows(unsigned char *data, int width, int height)
{
    for (int row = 0; row < height; ++row)
    {
        T *pixels = reinterpret_cast<T *>(data) + static_cast<std::size_t>(row) * width;
        for (int col = width - 1; col > 0; --col)
        {
            pixels[col] = static_cast<T>(pixels[col] - pixels[col - 1]);
        }
    }
}

std::vector<unsigned char> differences(const PixelBlock &pixels)
{
    std::vector<unsigned char> data(pixels.data(), pixels.data() + pixels.size());
    if (pixels.pixel_size() == 1)
    {
        difference_rows<std::uint8_t>(data.data(), pixels.width(), pixels.height());
    }
    else if (pixels.pixel_size() == 2)
    {
        difference_rows<std::uint16_t>(data.data(), pixels.width(), pixels.height());
    }
    else
    {
        difference_rows<std::uint32_t>(data.data(), pixels.width(), pixels.height());
    }
    return data;
}

} // namespace

std::optional<TiffSplice> TiffSplice::of(const TileFormat &format, store::Bytes tile, int level)
{
    TiffSplice splice;
    splice.m_level = level;
    bool deflate = false;
    for (const auto &[option, value] : format.options)
    {
        if (EQUAL(option.c_str(), "COMPRESS") && EQUAL(value.c_str(), "DEFLATE"))
        {
            deflate = true;
        }
        else if (EQUAL(option.c_str(), "ZLEVEL"))
        {
            continue;
        }
        else if (EQUAL(option.c_str(), "PREDICTOR") && (value == "1" || value == "2"))
        {
            splice.m_predictor = value == "2";
        }
        else
        {
            return std::nullopt;
        }
    }
    const int pixel_size = GDALGetDataTypeSizeBytes(format.type);
    if (format.driver != "GTiff" || !deflate || format.bands != 1 || GDALDataTypeIsComplex(format.type) != 0 ||
        (splice.m_predictor && pixel_size > 4) || !CPL_IS_LSB || tile.size() < 8 ||
        std::memcmp(tile.data(), "II*\0", 4) != 0)
    {
        return std::nullopt;
    }

    const auto strip = entry_of(tile, 273);
    const auto byte_count = entry_of(tile, 279);
    const auto pixel_scale = entry_of(tile, 33550);
    const auto tiepoint = entry_of(tile, 33922);
    if (!is_integer(strip) || !is_integer(byte_count) || !pixel_scale || pixel_scale->type != kDouble ||
        pixel_scale->count != 3 || !tiepoint || tiepoint->type != kDouble || tiepoint->count != 6)
    {
        return std::nullopt;
    }
    const std::size_t head_size = integer_of(tile, *strip);
    splice.m_byte_count_at = byte_count->value_at;
    splice.m_byte_count_size = byte_count->type == kShort ? 2 : 4;
    splice.m_pixel_scale_at = pixel_scale->value_at;
    splice.m_tiepoint_at = tiepoint->value_at;
    if (head_size + integer_of(tile, *byte_count) != tile.size() || splice.m_byte_count_at + 4 > head_size ||
        splice.m_pixel_scale_at + 24 > head_size || splice.m_tiepoint_at + 48 > head_size)
    {
        return std::nullopt;
    }
    tile.resize(head_size);
    splice.m_head = std::move(tile);
    return splice;
}

std::optional<store::Bytes> TiffSplice::tile(const PixelBlock &pixels, const stac::Bounds &bounds) const
{
    std::vector<unsigned char> changed;
    if (m_predictor)
    {
        changed = differences(pixels);
    }
    const unsigned char *data = m_predictor ? changed.data() : pixels.data();

    const std::size_t room = pixels.size() + pixels.size() / 16 + 1024;
    store::Bytes bytes(m_head.size() + room);
    std::size_t size = 0;
    if (CPLZLibDeflate(data, pixels.size(), m_level, bytes.data() + m_head.size(), room, &size) == nullptr ||
        (m_byte_count_size == 2 && size > 0xFFFF))
    {
        return std::nullopt;
    }
    bytes.resize(m_head.size() + size);

    std::memcpy(bytes.data(), m_head.data(), m_head.size());
    if (m_byte_count_size == 2)
    {
        put(bytes, m_byte_count_at, static_cast<std::uint16_t>(size));
    }
    else
    {
        put(bytes, m_byte_count_at, static_cast<std::uint32_t>(size));
    }
    put(bytes, m_pixel_scale_at, (bounds.max_x - bounds.min_x) / pixels.width());
    put(bytes, m_pixel_scale_at + 8, (bounds.max_y - bounds.min_y) / pixels.height());
    put(bytes, m_tiepoint_at + 24, bounds.min_x);
    put(bytes, m_tiepoint_at + 32, bounds.max_y);
    return bytes;
}

} // namespace tiledir::raster
