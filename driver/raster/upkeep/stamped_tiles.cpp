#include "driver/raster/upkeep/stamped_tiles.h"

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
        const auto found = m_tiles.find(tile);
        if (found != m_tiles.end())
        {
            m_uses.splice(m_uses.begin(), m_uses, found->second.use);
            return found->second.content;
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
    const std::lock_guard<std::mutex> lock(m_mutex);
    if (const auto found = m_tiles.find(tile); found != m_tiles.end())
    {
        erase(found);
    }
    m_uses.push_front(tile);
    m_size += size_of(content) + kEntrySize;
    m_tiles.emplace(tile, Kept{std::move(content), m_uses.begin()});
    while (m_size > m_most && !m_uses.empty())
    {
        erase(m_tiles.find(m_uses.back()));
    }
}

void StampedTiles::forget(const stac::TileId &tile)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    if (const auto found = m_tiles.find(tile); found != m_tiles.end())
    {
        erase(found);
    }
}

void StampedTiles::erase(std::map<stac::TileId, Kept>::iterator kept)
{
    m_size -= size_of(kept->second.content) + kEntrySize;
    m_uses.erase(kept->second.use);
    m_tiles.erase(kept);
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
