// Writes the journal of a run without making its tiles: journal_maker RECIPE PATTERN TILES_A_FILE. Patterns: `coast`,
// all done, half of it without data, with a ragged coast between; `scattered`, all done, every second tile without data
// by chance; `half`, killed in the middle of the base level: of batches of 8 x 8 tiles about every second one is done.
#include "driver/journal/journal.h"
#include "driver/store/opening/open_store.h"
#include "tools/engine/output/item_writer.h"
#include "tools/engine/output/output_state.h"
#include "tools/engine/output/status.h"
#include "tools/engine/plan/plan.h"
#include "tools/engine/processes/built_in/built_in_processes.h"
#include "tools/engine/resolved/resolve.h"

#include <fmt/format.h>
#include <gdal.h>

#include <cmath>
#include <cstdlib>
#include <iterator>
#include <string>

using namespace tiledir;

namespace
{

/// Looks random, and is the same each time.
std::uint64_t mixed(std::int64_t row, std::int64_t col)
{
    std::uint64_t bits = static_cast<std::uint64_t>(row) * 0x9e3779b97f4a7c15 + static_cast<std::uint64_t>(col);
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111eb;
    return bits ^ bits >> 31;
}

struct Maker
{
    journal::Journal &journal;
    const std::string pattern;
    const std::int64_t tiles_a_file;
    std::int64_t done = 0;

    bool is_done(std::int64_t row, std::int64_t col) const
    {
        return pattern != "half" || mixed(row / 8, col / 8) % 2 == 0;
    }
    bool is_stored(std::int64_t row, std::int64_t col, const stac::TileRange &all) const
    {
        if (pattern == "scattered")
        {
            return mixed(row, col) % 2 == 0;
        }
        const double at = static_cast<double>(row);
        const double coast = static_cast<double>(all.cols()) *
                             (0.5 + 0.2 * std::sin(at / 311) + 0.05 * std::sin(at / 17) + 0.02 * std::sin(at / 3));
        const bool is_land = static_cast<double>(col - all.min_col) < coast;
        return is_land != (mixed(row / 3, col / 3) % 31 == 0); // lakes and islands
    }

    /// In batches, as a run does.
    void make(int level, const stac::TileSet &tiles)
    {
        const stac::TileRange all = tiles.bounding();
        constexpr std::int64_t kSide = 8;
        for (std::int64_t top = all.min_row / kSide * kSide; top <= all.max_row; top += kSide)
        {
            for (std::int64_t left = all.min_col / kSide * kSide; left <= all.max_col; left += kSide)
            {
                tiles.within({top, top + kSide - 1, left, left + kSide - 1})
                    .for_each_run(
                        [&](std::int64_t row, std::int64_t first, std::int64_t last)
                        {
                            for (std::int64_t col = first; col <= last; ++col)
                            {
                                make_tile({level, row, col}, all);
                            }
                        });
            }
        }
    }

    void make_tile(const stac::TileId &tile, const stac::TileRange &all)
    {
        if (is_done(tile.row, tile.col))
        {
            journal.add(tile, is_stored(tile.row, tile.col, all));
            if (++done % tiles_a_file == 0)
            {
                journal.flush();
            }
        }
    }
};

void run(const std::string &recipe, const std::string &pattern, std::int64_t tiles_a_file)
{
    const auto resolved = engine::resolve(engine::Recipe::read(recipe, {}, engine::built_in_processes()));
    const auto store = store::open_store(resolved->recipe.output_path);
    journal::Journal journal(*store, resolved->grid);
    const stac::LevelSets tiles = engine::selected_tiles(*resolved);
    engine::OutputState::claim(*store);
    journal.redo(tiles);
    engine::write_item(*store, *resolved, tiles, {}, engine::kFinished, std::nullopt);
    engine::OutputState::save(*store, *resolved, {}, [] {});
    store->sync();
    Maker maker{journal, pattern, tiles_a_file};
    for (auto level = tiles.rbegin(); level != tiles.rend() && (pattern != "half" || level == tiles.rbegin()); ++level)
    {
        maker.make(level->first, level->second);
    }
    journal.flush();
    if (pattern != "half")
    {
        journal.compact();
    }
    fmt::print("{{\"tiles\": {}, \"done\": {}}}\n", tiles.count(), maker.done);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 4)
    {
        fmt::print(stderr, "usage: journal_maker RECIPE coast|scattered|half TILES_A_FILE\n");
        return 2;
    }
    GDALAllRegister();
    try
    {
        run(argv[1], argv[2], std::strtoll(argv[3], nullptr, 10));
    }
    catch (const std::exception &error)
    {
        fmt::print(stderr, "journal_maker: {}\n", error.what());
        return 1;
    }
    return 0;
}
