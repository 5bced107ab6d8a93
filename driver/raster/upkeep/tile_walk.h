// The tiles of a set, one after the other.
#pragma once

#include "stac/grid/tile_set.h"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

namespace tiledir::raster
{

/// Row by row. Many threads may take from one.
class TileWalk
{
public:
    TileWalk(int level, const stac::TileSet &tiles)
        : m_level(level)
    {
        tiles.for_each_run(
            [this](std::int64_t row, std::int64_t first, std::int64_t last) {
                m_runs.push_back({row, row, first, last});
            });
    }
    std::optional<stac::TileId> next()
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        if (m_at == m_runs.size())
        {
            return std::nullopt;
        }
        stac::TileRange &run = m_runs[m_at];
        const stac::TileId tile{m_level, run.min_row, run.min_col};
        if (++run.min_col > run.max_col)
        {
            ++m_at;
        }
        return tile;
    }

    /// Has the last one been taken?
    bool is_over() const
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        return m_at == m_runs.size();
    }

private:
    int m_level;
    mutable std::mutex m_mutex;          ///< for what follows
    std::vector<stac::TileRange> m_runs; ///< of one row each
    std::size_t m_at = 0;
};

} // namespace tiledir::raster
