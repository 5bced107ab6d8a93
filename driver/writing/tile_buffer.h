// Pixels that a dataset was given and that are not stored yet.
#pragma once

#include "driver/raster/pyramid/tile_pyramid.h"
#include "driver/reading/pixel_memory.h"

#include <cstddef>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace tiledir::driver
{

/// A tile of which some pixels were given.
class ChangedTile
{
public:
    explicit ChangedTile(raster::PixelBlock &&pixels)
        : m_pixels(std::move(pixels))
        , m_given(static_cast<std::size_t>(m_pixels.bands()))
    {
    }

    /// `at` is the tile's own window; both are of one matrix.
    void take(const stac::PixelWindow &at, const stac::PixelWindow &window, const PixelSource &source);
    /// Marks pixels as valid, in a block with what is stored, that were given another value than they have there. Those
    /// that were given the same may have been written back by who read them, as gdalwarp does with all of its window.
    void mark_changes(raster::PixelBlock &stored, int mask_band) const;
    /// Every pixel of every band was given.
    bool is_whole() const;
    /// What was given, put onto what is there.
    void put_onto(raster::PixelBlock &stored) const;
    /// What was given since, above what was given here.
    void add(const ChangedTile &newer);
    /// What was given of these bands, in a part of the tile at (col, row).
    bool gives(int band, int col, int row) const { return m_given[band].has(index(col, row)); }
    const raster::PixelBlock &pixels() const { return m_pixels; }
    std::size_t size() const;

private:
    struct Given
    {
        std::vector<bool> pixels; ///< empty: none
        std::size_t count = 0;
        bool has(std::size_t pixel) const { return !pixels.empty() && pixels[pixel]; }
        void add(std::size_t first, std::size_t size, std::size_t all);
    };
    std::size_t index(int col, int row) const { return static_cast<std::size_t>(row) * m_pixels.width() + col; }
    std::size_t pixel_count() const { return static_cast<std::size_t>(m_pixels.width()) * m_pixels.height(); }

    raster::PixelBlock m_pixels;
    std::vector<Given> m_given; ///< by band
};

/// Changed tiles of the base level. GDAL's block cache may write from any thread: all functions may be called from any.
class TileBuffer
{
public:
    using Place = std::pair<std::int64_t, std::int64_t>; ///< row and column
    using Tiles = std::map<Place, ChangedTile>;

    explicit TileBuffer(const raster::TilePyramid &pyramid)
        : m_pyramid(pyramid)
    {
    }

    void take(const stac::PixelWindow &window, const PixelSource &source);
    /// Puts what was given onto pixels that were read.
    void show(const stac::PixelWindow &window, const PixelTarget &target) const;

    /// Bytes of all tiles, about.
    std::size_t size() const;
    /// Takes all tiles out of the buffer.
    Tiles release();
    /// Puts back tiles that could not be stored, below what was given since.
    void put_back(Tiles &&tiles);

private:
    const stac::TileMatrix &matrix() const { return m_pyramid.pyramid().matrix(m_pyramid.pyramid().finest); }

    const raster::TilePyramid &m_pyramid;
    mutable std::mutex m_mutex;
    Tiles m_tiles;
};

} // namespace tiledir::driver
