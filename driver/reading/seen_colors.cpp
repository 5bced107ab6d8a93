#include "driver/reading/seen_colors.h"

namespace tiledir::driver
{

std::string SeenColors::fault_of(const raster::DecodedTile &tile)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    if (!m_seen)
    {
        m_seen = true;
        m_table = tile.colors;
    }
    if (m_table == tile.colors || (m_table && tile.colors && raster::same_colors(*m_table, *tile.colors)))
    {
        return {};
    }
    return std::string(tile.colors ? "has another" : "has no") + " colour table than the tile that was read first" +
           "; in an item that tells of 3 or 4 bands each tile may have its own";
}

std::shared_ptr<const raster::ColorTable> SeenColors::table() const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    return m_table;
}

} // namespace tiledir::driver
