#include "tools/engine/plan/missing_tiles.h"

#include "driver/raster/pyramid/strip_listing.h"
#include "driver/store/task_queue.h"

#include <mutex>

namespace tiledir::engine
{
namespace
{

constexpr int kNetworkThreads = 16;

stac::TileSet missing_of_row(const store::Store &store, const raster::Pyramid &pyramid, int level,
                             const stac::TileSet &row)
{
    const raster::StripListing listing(store, pyramid, level, row.bounding());
    stac::TileSet missing;
    row.for_each_run(
        [&](std::int64_t at, std::int64_t first, std::int64_t last)
        {
            for (std::int64_t col = first; col <= last; ++col)
            {
                if (!listing.has(pyramid.key(level, at, col)))
                {
                    missing.insert(at, col);
                }
            }
        });
    return missing;
}

} // namespace

stac::LevelSets missing_tiles(const store::Store &store, const raster::Pyramid &pyramid, const stac::LevelSets &tiles)
{
    stac::LevelSets missing;
    std::mutex mutex;
    store::TaskQueue listing(store.is_remote() ? kNetworkThreads : 1);
    for (const auto &[level, set] : tiles)
    {
        const stac::TileRange all = set.bounding();
        for (std::int64_t at = all.min_row; at <= all.max_row; ++at)
        {
            const stac::TileSet row = set.within({at, at, all.min_col, all.max_col});
            if (row.empty())
            {
                continue;
            }
            listing.add(
                [&, row, of_level = level]
                {
                    const stac::TileSet gone = missing_of_row(store, pyramid, of_level, row);
                    const std::lock_guard<std::mutex> lock(mutex);
                    if (!gone.empty())
                    {
                        missing[of_level].insert(gone);
                    }
                });
        }
    }
    listing.finish();
    return missing;
}

} // namespace tiledir::engine
