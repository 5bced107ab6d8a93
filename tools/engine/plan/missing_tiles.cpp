#include "tools/engine/plan/missing_tiles.h"

#include "driver/store/task_queue.h"

#include <algorithm>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace tiledir::engine
{
namespace
{

constexpr int kNetworkThreads = 16;

std::string folder_of(const std::string &key)
{
    const auto slash = key.rfind('/');
    return slash == std::string::npos ? "" : key.substr(0, slash);
}

/// Wanted tiles that a list of their folder has not.
stac::TileSet missing_of_row(const store::Store &store, const raster::Pyramid &pyramid, int level,
                             const stac::TileSet &row)
{
    std::unordered_map<std::string, std::unordered_set<std::string>> listed;
    stac::TileSet missing;
    row.for_each_run(
        [&](std::int64_t at, std::int64_t first, std::int64_t last)
        {
            for (std::int64_t col = first; col <= last; ++col)
            {
                const std::string key = pyramid.key(level, at, col);
                const std::string folder = folder_of(key);
                const auto [names, is_new] = listed.try_emplace(folder);
                if (is_new)
                {
                    const std::vector<std::string> there = store.list(folder);
                    names->second.insert(there.begin(), there.end());
                }
                if (names->second.count(key.substr(folder.empty() ? 0 : folder.size() + 1)) == 0)
                {
                    missing.insert(at, col, col);
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
