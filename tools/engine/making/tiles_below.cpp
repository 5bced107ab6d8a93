#include "tools/engine/making/tiles_below.h"

#include "driver/store/task_queue.h"
#include "stac/error.h"
#include "tools/engine/making/batch_context.h"

#include <algorithm>
#include <mutex>
#include <vector>

namespace tiledir::engine
{
namespace
{

constexpr int kReadsAtOnce = 32; ///< over a network

} // namespace

TilesBelow::BlockPtr TilesBelow::read(const stac::TileId &tile) const
{
    if (const auto kept = m_context.kept.find(tile))
    {
        return *kept ? m_pyramid.decode(tile, **kept) : nullptr;
    }
    return m_context.may_be_there(tile) ? m_pyramid.read(tile) : nullptr;
}

TilesBelow::Blocks TilesBelow::all_under(int level, const stac::TileSet &tiles) const
{
    Blocks below;
    tiles.for_each_run(
        [&](std::int64_t row, std::int64_t first, std::int64_t last)
        {
            for (std::int64_t col = first; col <= last; ++col)
            {
                const stac::TileRange range = m_pyramid.tiles_under({level, row, col});
                for (std::int64_t finer_row = range.min_row; finer_row <= range.max_row; ++finer_row)
                {
                    for (std::int64_t finer_col = range.min_col; finer_col <= range.max_col; ++finer_col)
                    {
                        const stac::TileId tile{level + 1, finer_row, finer_col};
                        if (m_context.may_be_there(tile) && !m_context.kept.find(tile))
                        {
                            below[tile];
                        }
                    }
                }
            }
        });
    std::mutex mutex;
    std::vector<stac::TileId> unread;
    store::TaskQueue queue(std::min(kReadsAtOnce, static_cast<int>(below.size())));
    for (auto &[tile, block] : below)
    {
        queue.add(
            [&, &tile = tile, &block = block]
            {
                try
                {
                    block = read(tile);
                }
                catch (const Error &)
                {
                    const std::lock_guard<std::mutex> lock(mutex);
                    unread.push_back(tile);
                }
            });
    }
    queue.finish();
    for (const stac::TileId &tile : unread)
    {
        below.erase(tile);
    }
    return below;
}

} // namespace tiledir::engine
