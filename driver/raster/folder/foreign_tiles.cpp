#include "driver/raster/folder/foreign_tiles.h"

#include "driver/journal/tell_journal.h"
#include "driver/raster/pyramid/strip_listing.h"

#include <chrono>
#include <optional>
#include <string>

namespace tiledir::raster
{

namespace
{

using Clock = std::chrono::steady_clock;

} // namespace

stac::TileSet foreign_tiles(const DatasetFolder &folder, const stac::TileSet &base_tiles)
{
    stac::TileSet found;
    const int base = folder.pyramid().finest;
    const auto last_word =
        base_tiles.empty() ? std::nullopt : journal::last_word_of_run(folder.store(), folder.pyramid().grid, base);
    if (!last_word)
    {
        return found;
    }
    for_each_stored(folder.tiles(), base, base_tiles,
                    [&](std::int64_t row, std::int64_t col, const std::string &key, bool)
                    {
                        const Clock::time_point asked = Clock::now();
                        const auto age = folder.store().age(key);
                        if (age && asked - std::chrono::duration_cast<Clock::duration>(*age) > *last_word)
                        {
                            found.insert(row, col);
                        }
                    });
    return found;
}

} // namespace tiledir::raster
