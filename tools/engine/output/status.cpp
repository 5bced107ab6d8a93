#include "tools/engine/output/status.h"

#include "driver/journal/intent.h"
#include "driver/journal/journal.h"
#include "driver/store/network_path.h"
#include "driver/store/opening/open_store.h"
#include "stac/error.h"
#include "stac/grid/tile_parents.h"
#include "stac/utc_time.h"
#include "tools/engine/output/item_writer.h"
#include "tools/engine/output/output_state.h"
#include "tools/engine/resolved/network_options.h"

#include <cpl_vsi.h>
#include <fmt/format.h>

#include <algorithm>

namespace tiledir::engine
{
namespace
{

Json json_of_levels(const journal::TileStates &tiles, const stac::TileMatrixSet &grid)
{
    Json levels = Json::object();
    for (int level = 0; level < static_cast<int>(grid.matrices.size()); ++level)
    {
        const auto count = [level](const stac::LevelSets &sets) { return sets.at(level).count(); };
        const Json counts = {{"stored", count(tiles.stored)},
                             {"empty", count(tiles.empty)},
                             {"foreign", count(tiles.foreign)},
                             {"failed", count(tiles.failed)},
                             {"pending", count(tiles.pending)}};
        if (std::any_of(counts.begin(), counts.end(), [](const Json &number) { return number != 0; }))
        {
            levels[grid.matrices[static_cast<std::size_t>(level)].id] = counts;
        }
    }
    return levels;
}

Json json_of_failures(const journal::TileStates &tiles, const stac::TileMatrixSet &grid)
{
    Json failures = Json::array();
    for (const auto &[tile, failure] : tiles.failures)
    {
        failures.push_back({{"tile", fmt::format("{}/{}/{}", grid.matrices[static_cast<std::size_t>(tile.level)].id,
                                                 tile.row, tile.col)},
                            {"reason", failure.reason},
                            {"attempts", failure.attempts}});
    }
    return failures;
}

Json time_of(const std::string &path)
{
    VSIStatBufL stat;
    return !path.empty() && VSIStatL(path.c_str(), &stat) == 0 && stat.st_mtime > 0
               ? Json(stac::utc_time(stat.st_mtime))
               : Json();
}

} // namespace

stac::LevelSets waiting_for(const raster::Pyramid &pyramid, const stac::LevelSets &tiles)
{
    stac::LevelSets waiting;
    stac::TileSet below;
    for (int level = pyramid.finest; level > pyramid.coarsest; --level)
    {
        below.insert(tiles.at(level));
        below = stac::parents(pyramid.grid, level, below, pyramid.overview_halo());
        waiting[level - 1] = below;
    }
    return waiting;
}

std::string state_of(const journal::TileStates &tiles, const raster::Pyramid &pyramid, bool overviews_from_process)
{
    stac::LevelSets left = tiles.pending;
    left.erase(overviews_from_process ? stac::LevelSets() : waiting_for(pyramid, tiles.failed));
    return !left.empty() ? kStopped : !tiles.failed.empty() ? kFinishedWithFailures : kFinished;
}

Json status(const std::string &folder, const ProcessRegistry &processes)
{
    const auto store = store::open_store(store::vsi_path(folder));
    const OutputState output = OutputState::load(*store, processes);
    if (!output.exists())
    {
        throw InputError(folder, "is not the output of a run: .tiledir/recipe.yaml is not there");
    }
    const raster::Pyramid pyramid = output.pyramid();
    apply_journal_options(output.recipe());
    const journal::Journal journal(*store, pyramid.grid);
    Json by = Json::array();
    for (const journal::FoundIntent &intent : journal::Intent::all(*store))
    {
        if (intent.lives && !intent.run.empty())
        {
            by.push_back(intent.who);
        }
    }
    const journal::TileStates &tiles = journal.before();
    const nlohmann::json item = item_properties(item_there(*store));
    Json json = {{"output", folder}};
    json["state"] = by.empty() ? state_of(tiles, pyramid, output.has_overviews_from_process()) : kRunning;
    json["by"] = by;
    json["started"] = item.value("start_datetime", nlohmann::json());
    json["updated"] = time_of(journal.newest_file());
    json["levels"] = json_of_levels(tiles, pyramid.grid);
    json["failed"] = json_of_failures(tiles, pyramid.grid);
    return json;
}

} // namespace tiledir::engine
