#include "tools/engine/making/kept_tiles.h"

#include "driver/store/network_path.h"

#include <utility>

namespace tiledir::engine
{

/// With what it takes to remember a tile.
std::size_t KeptTiles::size_of(const Bytes &bytes)
{
    constexpr std::size_t kEntry = 256;
    return kEntry + (bytes ? bytes->size() : 0);
}

void KeptTiles::keep(const stac::TileId &tile, Bytes bytes)
{
    if (m_most_bytes == 0)
    {
        return;
    }
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_tiles.try_emplace(tile, Entry{std::move(bytes)});
}

void KeptTiles::written(const stac::TileId &tile)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    const auto found = m_tiles.find(tile);
    if (found == m_tiles.end() || found->second.is_written)
    {
        return;
    }
    found->second.is_written = true;
    m_written.push_back(tile);
    m_written_bytes += size_of(found->second.bytes);
    while (m_written_bytes > m_most_bytes)
    {
        const auto oldest = m_tiles.find(m_written.front());
        m_written.pop_front();
        m_written_bytes -= size_of(oldest->second.bytes);
        m_tiles.erase(oldest);
    }
}

void KeptTiles::drop(const stac::TileId &tile)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    const auto found = m_tiles.find(tile);
    if (found != m_tiles.end() && !found->second.is_written)
    {
        m_tiles.erase(found);
    }
}

std::optional<KeptTiles::Bytes> KeptTiles::find(const stac::TileId &tile) const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    const auto found = m_tiles.find(tile);
    return found == m_tiles.end() ? std::nullopt : std::optional<Bytes>(found->second.bytes);
}

std::size_t most_kept_bytes(const std::string &output_path)
{
    constexpr std::size_t kOverNetwork = std::size_t{32} << 20;
    return store::is_on_network(output_path) ? kOverNetwork : 0;
}

} // namespace tiledir::engine
