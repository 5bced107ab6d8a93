// Decoded tiles of the process, least recently used out first, bounded in bytes.
#pragma once

#include "driver/raster/tile/decoded_tile.h"
#include "driver/store/lru_map.h"

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>

namespace tiledir::raster
{

/// Keys are path and stamp, so that a tile that changed is another tile. All functions may be called from many threads.
class TileCache
{
public:
    /// The process's cache, shared by all datasets; its size is that of the config option TILEDIR_CACHE_MB, else a
    /// quarter of GDAL's block cache, from 64 MB to 1 GB.
    static TileCache &of_process();

    explicit TileCache(std::size_t max_bytes)
        : m_tiles(max_bytes)
    {
    }

    std::shared_ptr<const DecodedTile> find(const std::string &key);
    void insert(const std::string &key, std::shared_ptr<const DecodedTile> tile);
    std::size_t bytes() const;
    std::size_t max_bytes() const { return m_tiles.most_cost(); }

private:
    mutable std::mutex m_mutex; ///< for what follows
    store::LruMap<std::string, std::shared_ptr<const DecodedTile>> m_tiles;
};

} // namespace tiledir::raster
