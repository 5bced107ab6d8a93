// The colour table that all tiles of a band share.
#pragma once

#include "driver/raster/tile/decoded_tile.h"

#include <memory>
#include <mutex>
#include <string>

namespace tiledir::driver
{

/// All functions may be called from many threads.
class SeenColors
{
public:
    /// The first tile's table, or its lack of one, is that of all. Empty where this tile's is the same, else what is
    /// wrong with it.
    std::string fault_of(const raster::DecodedTile &tile);
    /// Null: the first tile has none, or none was seen yet.
    std::shared_ptr<const raster::ColorTable> table() const;

private:
    mutable std::mutex m_mutex;
    bool m_seen = false;
    std::shared_ptr<const raster::ColorTable> m_table;
};

} // namespace tiledir::driver
