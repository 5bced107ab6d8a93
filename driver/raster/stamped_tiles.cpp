#include "driver/raster/stamped_tiles.h"

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

} // namespace tiledir::raster
