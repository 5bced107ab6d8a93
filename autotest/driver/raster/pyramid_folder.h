// A pyramid of small tiles in a folder of its own.
#pragma once

#include "driver/raster/pyramid/pyramid_builder.h"
#include "driver/raster/pyramid/tile_pyramid.h"
#include "driver/raster/upkeep/refresh.h"
#include "driver/store/opening/open_store.h"

#include <boost/filesystem.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>

namespace tiledir::raster
{

inline stac::TileSet one_tile(std::int64_t row, std::int64_t col)
{
    return stac::TileSet(stac::TileRange{row, row, col, col});
}

inline TileFormat with_nodata()
{
    TileFormat format;
    format.nodata = 0;
    return format;
}

/// 1, 2 x 2, 4 x 4 and 8 x 8 tiles of 16 pixels.
inline Pyramid small_pyramid(Resampling resampling, TileFormat format, bool from_bottom_left = false)
{
    constexpr int kTile = 16;
    constexpr int kLevels = 4;
    Pyramid pyramid;
    pyramid.grid.id = "Small";
    for (int level = 0; level < kLevels; ++level)
    {
        stac::TileMatrix matrix;
        matrix.id = std::to_string(level);
        matrix.cell_size = 1 << (kLevels - 1 - level);
        matrix.tile_width = matrix.tile_height = kTile;
        matrix.matrix_width = matrix.matrix_height = std::int64_t{1} << level;
        matrix.origin_y = from_bottom_left ? 0 : kTile << (kLevels - 1);
        matrix.origin_is_bottom_left = from_bottom_left;
        pyramid.grid.matrices.push_back(matrix);
    }
    format.width = format.height = kTile;
    pyramid.format = std::move(format);
    pyramid.overview_resampling = resampling;
    pyramid.finest = kLevels - 1;
    return pyramid;
}

class PyramidFolder
{
public:
    using Files = std::map<std::string, store::Bytes>;

    explicit PyramidFolder(Pyramid pyramid)
        : m_pyramid(std::move(pyramid))
    {
    }
    ~PyramidFolder() { boost::filesystem::remove_all(m_folder); }
    PyramidFolder(const PyramidFolder &) = delete;
    PyramidFolder &operator=(const PyramidFolder &) = delete;

    const Pyramid &pyramid() const { return m_pyramid; }
    const TilePyramid &tiles() const { return m_tiles; }
    store::Store &store() { return *m_store; }

    /// All pixels from 1 to 250 at random, alpha and mask too where they are not 0 by half.
    PixelBlock random_pixels(int seed) const
    {
        const TileFormat &format = m_pyramid.format;
        PixelBlock block(format.width, format.height, format.block_bands(), format.type);
        std::minstd_rand random(static_cast<unsigned>(seed) * 7919U + 1U);
        std::generate_n(block.data(), block.size(),
                        [&] { return static_cast<unsigned char>(1 + random() / 64 % 250); });
        if (format.alpha || format.mask)
        {
            unsigned char *last = block.data(format.block_bands() - 1);
            std::generate_n(last, block.band_size(),
                            [&] { return static_cast<unsigned char>(random() / 64 % 2 == 0 ? 0 : 255); });
        }
        return block;
    }
    void write(const stac::TileId &tile, const PixelBlock &pixels)
    {
        const store::Bytes bytes = m_tiles.encode(tile, pixels);
        m_store->write(m_pyramid.key(tile), bytes.data(), bytes.size());
    }
    void write_random(std::int64_t row, std::int64_t col, int seed)
    {
        write({m_pyramid.finest, row, col}, random_pixels(seed));
    }
    void remove(std::int64_t row, std::int64_t col) { m_store->remove(m_pyramid.key({m_pyramid.finest, row, col})); }

    /// By key; nothing of `.tiledir`.
    Files files() const
    {
        Files found;
        for (int level = 0; level <= m_pyramid.finest; ++level)
        {
            const stac::TileRange all = m_pyramid.matrix(level).range();
            for (std::int64_t row = 0; row <= all.max_row; ++row)
            {
                for (std::int64_t col = 0; col <= all.max_col; ++col)
                {
                    const std::string key = m_pyramid.key(level, row, col);
                    if (auto bytes = m_store->read(key))
                    {
                        found[key] = *std::move(bytes);
                    }
                }
            }
        }
        return found;
    }

    /// A copy of the base tiles, and the levels above them as build_pyramid() makes them.
    Files rebuilt() const
    {
        PyramidFolder other(m_pyramid);
        BuildSettings settings;
        settings.base = m_pyramid.matrix(m_pyramid.finest).range();
        settings.open = [this] { return std::make_unique<BaseReader>(m_tiles); };
        build_pyramid(other.m_tiles, settings);
        return other.files();
    }

private:
    class BaseReader : public PixelReader
    {
    public:
        explicit BaseReader(const TilePyramid &tiles)
            : m_tiles(tiles)
        {
        }
        void read(const stac::PixelWindow &window, PixelBlock &into) override
        {
            into = m_tiles.pixels(m_tiles.pyramid().finest, window,
                                  [this](const stac::TileId &tile) { return m_tiles.read(tile); });
        }

    private:
        const TilePyramid &m_tiles;
    };

    boost::filesystem::path m_folder =
        boost::filesystem::temp_directory_path() / boost::filesystem::unique_path("tiledir pyramid %%%%%%%%");
    Pyramid m_pyramid;
    std::unique_ptr<store::Store> m_store = store::open_store(m_folder.string());
    TilePyramid m_tiles{m_pyramid, *m_store};
};

/// Makes all overviews above tiles of the base level again.
inline RefreshResult refresh(const TilePyramid &tiles, const stac::TileSet &base, const RefreshSettings &settings = {})
{
    return renew(tiles, overviews_above(tiles.pyramid(), {{tiles.pyramid().finest, base}}), settings);
}

} // namespace tiledir::raster
