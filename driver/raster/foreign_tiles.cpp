#include "driver/raster/foreign_tiles.h"

#include "driver/raster/journal_files.h"
#include "driver/raster/strip_listing.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

namespace tiledir::raster
{

namespace
{

/// Does a journal's file come from a run? Others write lines that tell of foreign tiles, and of overviews to be made.
bool is_of_a_run(const std::string &text, const std::string &base_level)
{
    if (text.rfind(std::string(kJournalHeading) + '\n', 0) != 0)
    {
        return true; // packed
    }
    const auto has_line = [&text](const std::string &start)
    { return text.find('\n' + start + ' ') != std::string::npos; };
    return has_line("stored") || has_line("empty") || has_line("redo " + base_level);
}

store::Seconds our_time()
{
    return std::chrono::steady_clock::now().time_since_epoch();
}

/// In our time, not before it was; nullopt where there is no run.
std::optional<store::Seconds> last_word_of_run(store::Store &store, const std::string &base_level)
{
    std::optional<store::Seconds> last;
    JournalFolder journal(store);
    for (const std::string &name : journal.list())
    {
        const auto text = journal.read(name);
        if (const auto age = text && is_of_a_run(*text, base_level) ? journal.age(name) : std::nullopt)
        {
            const store::Seconds written = our_time() - *age;
            last = last ? std::max(*last, written) : written;
        }
    }
    return last;
}

} // namespace

stac::TileSet foreign_tiles(const DatasetFolder &folder, const stac::TileSet &base_tiles)
{
    stac::TileSet found;
    const int base = folder.pyramid().finest;
    const auto last_word =
        base_tiles.empty() ? std::nullopt : last_word_of_run(folder.store(), folder.pyramid().matrix(base).id);
    if (!last_word)
    {
        return found;
    }
    for_each_stored(folder.tiles(), base, base_tiles,
                    [&](std::int64_t row, std::int64_t col, const std::string &key, bool)
                    {
                        const store::Seconds asked = our_time();
                        const auto age = folder.store().age(key);
                        if (age && asked - *age > *last_word)
                        {
                            found.insert(row, col, col);
                        }
                    });
    return found;
}

} // namespace tiledir::raster
