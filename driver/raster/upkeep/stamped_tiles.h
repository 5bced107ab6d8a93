// Tiles in memory, each with the state of the object that it was read from.
#pragma once

#include "driver/raster/pyramid/tile_pyramid.h"
#include "driver/store/lru_map.h"

#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace tiledir::raster
{

/// Keeps what was read or written last, up to a number of bytes. What it gives may be old: it is right as long as the
/// object still has the stamp. May be used from many threads at once. The pyramid must live longer.
class StampedTiles
{
public:
    struct Tile
    {
        TilePyramid::Block pixels;         ///< null: absent
        std::optional<store::Stamp> stamp; ///< nullopt: absent
    };

    StampedTiles(const TilePyramid &pyramid, std::size_t most_bytes)
        : m_pyramid(pyramid)
        , m_tiles(most_bytes)
    {
    }

    /// From memory, else from the store. Throws TileError, StoreError.
    Tile read(const stac::TileId &tile);
    void keep(const stac::TileId &tile, Tile content);
    void forget(const stac::TileId &tile);

private:
    const TilePyramid &m_pyramid;
    std::mutex m_mutex; ///< for what follows
    store::LruMap<stac::TileId, Tile> m_tiles;
};

/// An overview as the tiles under it give it.
struct MadeOverview
{
    std::optional<PixelBlock> pixels;                                        ///< nullopt: there is no tile under it
    std::vector<std::pair<stac::TileId, std::optional<store::Stamp>>> below; ///< what it was made from
};

/// Throws TileError, StoreError.
MadeOverview make_overview(const TilePyramid &pyramid, StampedTiles &below, const stac::TileId &tile);

/// Are the tiles still those that it was made from? Those that are not are forgotten.
bool is_up_to_date(const TilePyramid &pyramid, StampedTiles &below, const MadeOverview &made);

} // namespace tiledir::raster
