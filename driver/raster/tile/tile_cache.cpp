#include "driver/raster/tile/tile_cache.h"

#include <cpl_conv.h>
#include <gdal.h>

#include <algorithm>
#include <utility>

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
            {
                return static_cast<std::size_t>(std::clamp(CPLAtof(megabytes), 0.0, 1e9) * kMegabyte);
            }
            const auto quarter = static_cast<std::size_t>(std::max<GIntBig>(GDALGetCacheMax64(), 0) / 4);
            return std::clamp(quarter, 64 * kMegabyte, 1024 * kMegabyte);
        }());
    return cache;
}

std::shared_ptr<const DecodedTile> TileCache::find(const std::string &key)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    const auto *found = m_tiles.find(key);
    return found == nullptr ? nullptr : *found;
}

void TileCache::insert(const std::string &key, std::shared_ptr<const DecodedTile> tile)
{
    decltype(m_tiles)::Entries gone; // freed after the lock
    const std::size_t size = tile->size();
    const std::lock_guard<std::mutex> lock(m_mutex);
    gone = m_tiles.insert(key, std::move(tile), size);
}

std::size_t TileCache::bytes() const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    return m_tiles.cost();
}

} // namespace tiledir::raster
