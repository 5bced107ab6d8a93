#include "driver/raster/upkeep/stamped_tiles.h"

#include <utility>

namespace tiledir::raster
{

namespace
{

/// What an entry takes beside its pixels, about.
constexpr std::size_t kEntrySize = 256;

} // namespace

StampedTiles::Tile StampedTiles::read(const stac::TileId &tile)
{
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        if (const Tile *found = m_tiles.find(tile))
        {
            return *found;
        }
    }
    Tile content;
    if (const auto object = m_pyramid.store().read_stamped(m_pyramid.pyramid().key(tile)))
    {
        content = {m_pyramid.decode(tile, object->bytes), object->stamp};
    }
    keep(tile, content);
    return content;
}

void StampedTiles::keep(const stac::TileId &tile, Tile content)
{
    const std::size_t size = kEntrySize + (content.pixels ? content.pixels->size() : 0);
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_tiles.insert(tile, std::move(content), size);
}

void StampedTiles::forget(const stac::TileId &tile)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_tiles.erase(tile);
}

MadeOverview make_overview(const TilePyramid &pyramid, StampedTiles &below, const stac::TileId &tile)
{
    MadeOverview made;
    const int level = tile.level + 1;
    const stac::TileRange under = pyramid.pyramid().matrix(level).tiles_of(pyramid.pixels_under(tile));
    bool any_under = false;
    const PixelBlock pixels =
        pyramid.pixels(level, pyramid.window_under(tile),
                       [&](const stac::TileId &child)
                       {
                           const StampedTiles::Tile content = below.read(child);
                           made.below.emplace_back(child, content.stamp);
                           any_under = any_under || (content.pixels && under.contains(child.row, child.col));
                           return content.pixels;
                       });
    if (any_under)
    {
        made.pixels = pyramid.overview(tile, pixels);
    }
    return made;
}

namespace
{

/// On an object store a HEAD that finds nothing must be followed by a GET: where nothing is expected that one is
/// enough.
bool is_as(const store::Store &store, const std::string &key, const std::optional<store::Stamp> &stamp)
{
    return stamp ? store.stamp(key) == stamp : !store.read(key);
}

} // namespace

bool is_up_to_date(const TilePyramid &pyramid, StampedTiles &below, const MadeOverview &made)
{
    bool same = true;
    for (const auto &[child, stamp] : made.below)
    {
        if (!is_as(pyramid.store(), pyramid.pyramid().key(child), stamp))
        {
            below.forget(child);
            same = false;
        }
    }
    return same;
}

} // namespace tiledir::raster
