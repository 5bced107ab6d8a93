// Tiles of a pyramid as pixels: read, written, made from those of the next finer level.
#pragma once

#include "driver/raster/pixels/pixel_block.h"
#include "driver/raster/pyramid/pyramid.h"
#include "driver/store/store.h"

#include <functional>
#include <memory>

namespace tiledir::raster
{

/// Blocks have the size and the bands of the pyramid's format (TileFormat::block_bands()). All functions may be called
/// from many threads at once. Pyramid and store must live longer.
class TilePyramid
{
public:
    using Block = std::shared_ptr<const PixelBlock>;
    /// Gives a tile; null where there is none.
    using ReadTile = std::function<Block(const stac::TileId &tile)>;

    TilePyramid(const Pyramid &pyramid, store::Store &store)
        : m_pyramid(pyramid)
        , m_store(store)
    {
    }

    const Pyramid &pyramid() const { return m_pyramid; }
    store::Store &store() const { return m_store; }

    /// A block without data.
    PixelBlock empty_block(int width, int height) const;
    /// True where the tile need not be stored.
    bool is_empty(const PixelBlock &pixels) const;

    /// From the store; null where it is absent. Throws TileError, StoreError.
    Block read(const stac::TileId &tile) const;
    Block decode(const stac::TileId &tile, const store::Bytes &bytes) const;
    store::Bytes encode(const stac::TileId &tile, const PixelBlock &pixels) const;

    /// Pixels of a level from its tiles; without data where there is none. Where nothing else could say so, a mask is
    /// then one more band.
    PixelBlock pixels(int level, const stac::PixelWindow &window, const ReadTile &read) const;

    /// Pixels of level + 1 that lie under a tile.
    stac::PixelWindow pixels_under(const stac::TileId &tile) const;
    /// Pixels of level + 1 that overview() needs: a kernel reaches beyond the tile.
    stac::PixelWindow window_under(const stac::TileId &tile) const;
    /// Tiles of level + 1 that touch window_under().
    stac::TileRange tiles_under(const stac::TileId &tile) const;
    /// The tile from the pixels of window_under(). Where the levels nest, from whole pixels and a halo around them;
    /// else from the part that the tile covers. Without data where there is none under the tile. Throws TileError.
    PixelBlock overview(const stac::TileId &tile, const PixelBlock &finer) const;

private:
    bool has_data_only_around(const stac::TileId &tile, const PixelBlock &finer) const;

    const Pyramid &m_pyramid;
    store::Store &m_store;
};

} // namespace tiledir::raster
