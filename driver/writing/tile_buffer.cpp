#include "driver/writing/tile_buffer.h"

#include <algorithm>
#include <cstring>

namespace tiledir::driver
{

void ChangedTile::Given::add(std::size_t first, std::size_t size, std::size_t all)
{
    if (count == all)
    {
        return;
    }
    pixels.resize(all);
    const auto begin = pixels.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = begin + static_cast<std::ptrdiff_t>(size);
    count += size - static_cast<std::size_t>(std::count(begin, end, true));
    std::fill(begin, end, true);
}

void ChangedTile::take(const stac::PixelWindow &at, const stac::PixelWindow &window, const PixelSource &source)
{
    const stac::PixelWindow part = at.intersection(window).value();
    const auto width = static_cast<int>(part.width);
    for (std::size_t number = 0; number < source.bands.size(); ++number)
    {
        const int band = source.bands[number];
        for (std::int64_t line = part.row; line < part.row + part.height; ++line)
        {
            const unsigned char *from = source.data + static_cast<std::ptrdiff_t>(number) * source.band_space +
                                        (line - window.row) * source.line_space +
                                        (part.col - window.col) * source.pixel_space;
            const auto row = static_cast<int>(line - at.row);
            const auto col = static_cast<int>(part.col - at.col);
            GDALCopyWords(from, source.type, source.pixel_space,
                          m_pixels.data(band, row) + static_cast<std::ptrdiff_t>(col) * m_pixels.pixel_size(),
                          m_pixels.type(), m_pixels.pixel_size(), width);
            m_given[band].add(index(col, row), static_cast<std::size_t>(width), pixel_count());
        }
    }
}

void ChangedTile::mark_changes(raster::PixelBlock &stored, int mask_band) const
{
    raster::PixelBlock valid(1, 1, 1, m_pixels.type());
    valid.fill(255);
    const auto size = static_cast<std::size_t>(m_pixels.pixel_size());
    for (std::size_t pixel = 0; pixel < pixel_count(); ++pixel)
    {
        for (int band = 0; band < mask_band; ++band)
        {
            if (m_given[band].has(pixel) &&
                std::memcmp(m_pixels.data(band) + pixel * size, stored.data(band) + pixel * size, size) != 0)
            {
                std::memcpy(stored.data(mask_band) + pixel * size, valid.data(), size);
            }
        }
    }
}

bool ChangedTile::is_whole() const
{
    return std::all_of(m_given.begin(), m_given.end(),
                       [this](const Given &band) { return band.count == pixel_count(); });
}

void ChangedTile::put_onto(raster::PixelBlock &stored) const
{
    const auto size = static_cast<std::size_t>(m_pixels.pixel_size());
    for (int band = 0; band < m_pixels.bands(); ++band)
    {
        const Given &given = m_given[band];
        if (given.count == pixel_count())
        {
            std::memcpy(stored.data(band), m_pixels.data(band), m_pixels.band_size());
            continue;
        }
        for (std::size_t pixel = 0; pixel < given.pixels.size(); ++pixel)
        {
            if (given.pixels[pixel])
            {
                std::memcpy(stored.data(band) + pixel * size, m_pixels.data(band) + pixel * size, size);
            }
        }
    }
}

void ChangedTile::add(const ChangedTile &newer)
{
    newer.put_onto(m_pixels);
    for (std::size_t band = 0; band < m_given.size(); ++band)
    {
        const std::vector<bool> &given = newer.m_given[band].pixels;
        for (std::size_t pixel = 0; pixel < given.size(); ++pixel)
        {
            if (given[pixel])
            {
                m_given[band].add(pixel, 1, pixel_count());
            }
        }
    }
}

std::size_t ChangedTile::size() const
{
    return m_pixels.size() + pixel_count() * m_given.size() / 8;
}

void TileBuffer::take(const stac::PixelWindow &window, const PixelSource &source)
{
    const raster::TileFormat &format = m_pyramid.pyramid().format;
    const stac::TileRange range = matrix().tiles_of(window);
    const std::lock_guard<std::mutex> lock(m_mutex);
    for (std::int64_t row = range.min_row; row <= range.max_row; ++row)
    {
        for (std::int64_t col = range.min_col; col <= range.max_col; ++col)
        {
            auto tile = m_tiles.find({row, col});
            if (tile == m_tiles.end())
            {
                tile = m_tiles.emplace(Place{row, col}, m_pyramid.empty_block(format.width, format.height)).first;
            }
            tile->second.take(matrix().tile_window(row, col), window, source);
        }
    }
}

void TileBuffer::show(const stac::PixelWindow &window, const PixelTarget &target) const
{
    const stac::TileRange range = matrix().tiles_of(window);
    const std::lock_guard<std::mutex> lock(m_mutex);
    if (m_tiles.empty())
    {
        return;
    }
    for (auto tile = m_tiles.lower_bound({range.min_row, range.min_col});
         tile != m_tiles.end() && tile->first.first <= range.max_row; ++tile)
    {
        const auto [row, col] = tile->first;
        if (col < range.min_col || col > range.max_col)
        {
            continue;
        }
        const stac::PixelWindow at = matrix().tile_window(row, col);
        const stac::PixelWindow part = at.intersection(window).value();
        const raster::PixelBlock &pixels = tile->second.pixels();
        for (std::size_t number = 0; number < target.bands.size(); ++number)
        {
            const int band = target.bands[number];
            for (std::int64_t y = part.row; y < part.row + part.height; ++y)
            {
                unsigned char *line = target.data + static_cast<std::ptrdiff_t>(number) * target.band_space +
                                      (y - window.row) * target.line_space;
                for (std::int64_t x = part.col; x < part.col + part.width; ++x)
                {
                    const auto tile_col = static_cast<int>(x - at.col);
                    const auto tile_row = static_cast<int>(y - at.row);
                    if (tile->second.gives(band, tile_col, tile_row))
                    {
                        GDALCopyWords(
                            pixels.data(band, tile_row) + static_cast<std::ptrdiff_t>(tile_col) * pixels.pixel_size(),
                            pixels.type(), 0, line + (x - window.col) * target.pixel_space, target.type, 0, 1);
                    }
                }
            }
        }
    }
}

std::size_t TileBuffer::size() const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    return m_tiles.empty() ? 0 : m_tiles.size() * m_tiles.begin()->second.size();
}

TileBuffer::Tiles TileBuffer::release()
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    return std::exchange(m_tiles, {});
}

void TileBuffer::put_back(Tiles &&tiles)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    for (auto &[place, tile] : tiles)
    {
        const auto since = m_tiles.find(place);
        if (since != m_tiles.end())
        {
            tile.add(since->second);
        }
        m_tiles.insert_or_assign(place, std::move(tile));
    }
}

} // namespace tiledir::driver
