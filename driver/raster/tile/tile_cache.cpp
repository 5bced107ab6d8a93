#include "driver/raster/tile/tile_cache.h"

#include <cpl_conv.h>
#include <gdal.h>

#include <algorithm>

namespace tiledir::raster
{

TileCache &TileCache::of_process()
{
    static TileCache cache(
        []
        {
            constexpr std::size_t kMegabyte = 1024 * 1024;
            const char *megabytes = CPLGetConfigOption("TILEDIR_CACHE_MB", nullptr);
            if (megabytes != nullptr)
                return static_cast<std::size_t>(std::clamp(CPLAtof(megabytes), 0.0, 1e9) * kMegabyte);
            const auto quarter = static_cast<std::size_t>(std::max<GIntBig>(GDALGetCacheMax64(), 0) / 4);
            return std::clamp(quarter, 64 * kMegabyte, 1024 * kMegabyte);
        }());
    return cache;
}

std::shared_ptr<const DecodedTile> TileCache::find(const std::string &key)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    const auto found = m_index.find(key);
    if (found == m_index.end())
        return nullptr;
    m_entries.splice(m_entries.begin(), m_entries, found->second);
    return found->second->second;
}

void TileCache::insert(const std::string &key, std::shared_ptr<const DecodedTile> tile)
{
    std::list<Entry> dropped; // freed after the lock
    const std::lock_guard<std::mutex> lock(m_mutex);
    if (const auto found = m_index.find(key); found != m_index.end())
    {
        m_bytes -= found->second->second->size();
        dropped.splice(dropped.begin(), m_entries, found->second);
        m_index.erase(found);
    }
    m_bytes += tile->size();
    m_entries.emplace_front(key, std::move(tile));
    m_index.emplace(key, m_entries.begin());
    while (m_bytes > m_max_bytes)
    {
        const auto last = std::prev(m_entries.end());
        m_bytes -= last->second->size();
        m_index.erase(last->first);
        dropped.splice(dropped.begin(), m_entries, last);
    }
}

std::size_t TileCache::bytes() const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    return m_bytes;
}

} // namespace tiledir::raster
