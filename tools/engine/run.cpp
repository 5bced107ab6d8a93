#include "tools/engine/run.h"

#include "driver/store/store.h"
#include "stac/error.h"
#include "tools/engine/executors/threads_executor.h"
#include "tools/engine/input_fingerprint.h"
#include "tools/engine/input_tiles.h"
#include "tools/engine/item_writer.h"
#include "tools/engine/journal.h"
#include "tools/engine/network_options.h"
#include "tools/engine/network_watch.h"
#include "tools/engine/output_state.h"
#include "tools/engine/plan.h"
#include "tools/engine/progress.h"
#include "tools/engine/stop_request.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tiledir::engine
{
namespace
{

/// A run with what it found at its output.
struct Start
{
    std::shared_ptr<const Job> job;
    OutputState state;
    std::vector<std::string> accepted;   ///< differences that --accept-old lets pass
    std::optional<InputChanges> changes; ///< that --update follows
    bool wipe = false;                   ///< on another grid or in another format before
};

/// What a run has to do.
struct Work
{
    std::shared_ptr<const Job> job; ///< the start's, with all that is to be made
    stac::LevelSets done;           ///< less what is to be made again
};

std::vector<std::string> texts(const std::vector<OutputState::Difference> &differences)
{
    std::vector<std::string> lines;
    lines.reserve(differences.size());
    for (const auto &difference : differences)
    {
        lines.push_back(difference.text);
    }
    return lines;
}

[[noreturn]] void refuse(const Job &job, const std::string &what)
{
    throw InputError(fmt::format("{}: {}", job.recipe.output_path, what));
}

/// The output's levels are those of all its runs, so that no overview is left stale.
std::shared_ptr<const Job> with_saved_levels(const std::shared_ptr<const Job> &job, const OutputState &state)
{
    const auto saved = job->grid.index_of(state.coarsest_id());
    return saved && *saved < job->coarsest ? with_coarsest(*job, *saved) : job;
}

/// Does the selection cover every base tile that the journal knows?
bool covers_all(store::Store &store, const Job &job)
{
    const stac::LevelSets done = Journal(store, job.grid).before().all();
    const auto base = done.find(job.finest);
    return base == done.end() || job.selection.contains(base->second);
}

/// Goes on with an output that was made otherwise, and makes again what depends on the differences.
void begin_update(Start &start, const std::vector<OutputState::Difference> &differences)
{
    start.changes = start.state.input_changes(*start.job);
    const bool only_files =
        std::all_of(differences.begin(), differences.end(), [](const auto &difference) { return difference.of_files; });
    start.changes->everywhere = start.changes->everywhere || !only_files;
}

/// All or a part of an output is made again.
void begin_overwrite(Start &start, store::Store &store, const std::shared_ptr<const Job> &given,
                     const std::vector<OutputState::Difference> &differences, bool can_be_mixed)
{
    if (!can_be_mixed)
    {
        start.wipe = true;
        start.job = given;
        return;
    }
    if (differences.empty() && start.job == given)
    {
        return;
    }
    if (covers_all(store, *start.job))
    {
        start.wipe = given->finest != start.job->finest;
        start.job = given;
    }
    else if (!differences.empty())
    {
        refuse(*given, fmt::format("was made otherwise and reaches beyond the bounds: {}; --update makes again what "
                                   "that touches, --overwrite without bounds all of it, --accept-old mixes old and new",
                                   fmt::join(texts(differences), "; ")));
    }
}

Start begin(store::Store &store, const std::shared_ptr<const Job> &given, const RunOptions &options)
{
    Start start{given, OutputState::load(store), {}, std::nullopt, false};
    if (!start.state.exists())
    {
        return start;
    }
    start.job = as_saved(given, start.state.recipe());
    const auto differences = start.state.differences(*start.job);
    const std::string shown = fmt::format("{}", fmt::join(texts(differences), "; "));
    const bool can_be_mixed = std::all_of(differences.begin(), differences.end(),
                                          [](const auto &difference) { return difference.can_be_mixed; });
    if (options.overwrite && !options.accept_old)
    {
        begin_overwrite(start, store, given, differences, can_be_mixed);
    }
    else if (!can_be_mixed)
    {
        refuse(*given, (options.accept_old || options.update ? "was made otherwise, and tiles of both cannot be mixed: "
                                                             : "was made otherwise: ") +
                           shown + "; --overwrite makes it again");
    }
    else if (options.accept_old)
    {
        start.accepted = texts(differences);
    }
    else if (options.update && !differences.empty())
    {
        begin_update(start, differences);
    }
    else if (!differences.empty())
    {
        refuse(*given,
               "was made otherwise: " + shown +
                   "; --update makes again what that touches, --overwrite all of it, --accept-old keeps what is "
                   "finished");
    }
    if (!start.wipe)
    {
        start.job = with_saved_levels(start.job, start.state);
    }
    return start;
}

/// Removes the tiles of an output on another grid or in another format, and its journal last: killed on the way, the
/// same command begins again with what is left.
void wipe(store::Store &store, const OutputState &state)
{
    OutputState::begin_wipe(store);
    const stac::TileMatrixSet grid = state.grid();
    const stac::HrefTemplate path = state.tile_path();
    const stac::LevelSets stored = Journal(store, grid).before().all(); // of those found empty there may be none
    for (const auto &[level, tiles] : stored)
    {
        const stac::TileMatrix &matrix = grid.matrices[static_cast<std::size_t>(level)];
        tiles.for_each_run(
            [&](std::int64_t row, std::int64_t first, std::int64_t last)
            {
                for (std::int64_t col = first; col <= last; ++col)
                {
                    store.remove(path.expand(matrix, row, col));
                }
            });
    }
    store.sync();
    for (const auto &name : store.list(raster::kJournalFolder))
    {
        store.remove(std::string(raster::kJournalFolder) + "/" + name);
    }
}

/// All that the output stands for once this run is done.
stac::LevelSets extent(const Job &job, const stac::LevelSets &done)
{
    stac::LevelSets tiles = selected_tiles(job);
    const auto base = done.find(job.finest);
    if (base != done.end())
    {
        tiles[job.finest].insert(base->second);
    }
    for (int level = job.finest; level > job.coarsest; --level)
    {
        tiles[level - 1].insert(stac::parents(job.grid, level, tiles[level]));
    }
    return tiles;
}

/// Tiles whose being done no longer counts: those of what is to be made that the journal has as done.
stac::LevelSets to_redo(const Plan &plan, const stac::LevelSets &done)
{
    stac::LevelSets tiles;
    for (const stac::LevelSets *sets : {&plan.computed(), &plan.overviews()})
    {
        for (const auto &[level, set] : *sets)
        {
            const auto before = done.find(level);
            if (before != done.end())
            {
                tiles[level] = set.common(before->second);
            }
        }
    }
    return tiles;
}

void erase(stac::LevelSets &from, const stac::LevelSets &tiles)
{
    for (const auto &[level, set] : tiles)
    {
        from[level].erase(set);
    }
}

/// What was to be made again where no file lies any more: no region will ever select it.
stac::TileSet left_over(const Job &job, const stac::LevelSets &pending)
{
    const auto base = pending.find(job.finest);
    if (base == pending.end())
    {
        return {};
    }
    stac::TileSet tiles = base->second;
    tiles.erase(job.selection);
    if (!tiles.empty())
    {
        tiles.erase(tiles_of_files(job, tiles.bounding()));
    }
    return tiles;
}

/// A job whose document stands for all of the output.
std::shared_ptr<const Job> of_all_runs(const std::shared_ptr<const Job> &job, const OutputState &state,
                                       const stac::LevelSets &done)
{
    const auto base = done.find(job->finest);
    if (base == done.end() || !state.exists() || job->selection.contains(base->second))
    {
        return job;
    }
    const bool was_larger = base->second.contains(job->selection);
    return with_region_of(job, was_larger ? state.recipe() : Json::object());
}

Work work_of(const Start &start, const RunOptions &options, const DoneTiles &before)
{
    Work work{start.job, before.all()};
    work.job = of_all_runs(work.job, start.state, work.done);
    if (start.changes)
    {
        const stac::LevelSets touched = touched_tiles(*work.job, *start.changes, work.done);
        work.job = with_also(work.job, touched);
        erase(work.done, touched);
    }
    if (stac::TileSet tiles = left_over(*work.job, before.pending); !tiles.empty())
    {
        work.job = with_also(work.job, {{work.job->finest, std::move(tiles)}});
    }
    if (options.overwrite)
    {
        erase(work.done, selected_tiles(*work.job));
    }
    return work;
}

std::int64_t bytes_of(const Job &job, std::int64_t tiles)
{
    const std::int64_t pixels = static_cast<std::int64_t>(job.format.width) * job.format.height;
    return tiles * pixels * job.format.bands * GDALGetDataTypeSizeBytes(job.format.type);
}

/// Throws InputError where the plan is more than the caller allows.
void check_ceilings(const Job &job, const Plan &plan, const RunOptions &options)
{
    const std::int64_t tiles = plan.count();
    const std::int64_t bytes = bytes_of(job, tiles);
    const auto check =
        [&](const char *flag, const std::optional<std::int64_t> &most, std::int64_t planned, const char *what)
    {
        if (most && planned > *most)
        {
            refuse(job, fmt::format("{} {} would be made, more than {} {} allows; give a smaller region or a higher "
                                    "limit",
                                    planned, what, flag, *most));
        }
    };
    check("--max-tiles", options.max_tiles, tiles, "tiles");
    check("--max-bytes", options.max_bytes, bytes, "bytes of pixels");
}

std::string state_name(RunState state)
{
    return state == RunState::Finished               ? "finished"
           : state == RunState::FinishedWithFailures ? "finished with failures"
                                                     : "stopped";
}

} // namespace

Json estimate(const std::shared_ptr<const Job> &given, const RunOptions &options)
{
    const auto store = store::open_store(given->recipe.output_path);
    const Start start = begin(*store, given, options);
    const DoneTiles none;
    const bool fresh = !start.state.exists() || start.wipe;
    const Work work = work_of(start, options, fresh ? none : Journal(*store, start.job->grid).before());
    const Job &job = *work.job;
    const Plan plan(job, work.done);
    check_ceilings(job, plan, options);
    const std::int64_t tile_pixels = static_cast<std::int64_t>(job.format.width) * job.format.height;
    Json json = {{"output", job.recipe.output_path},
                 {"levels", job.document["levels"]},
                 {"tiles", plan.count()},
                 {"pixels", plan.count() * tile_pixels}};
    json["estimated_bytes"] = bytes_of(job, plan.count());
    json["by_level"] = Json::object();
    for (int level = job.coarsest; level <= job.finest; ++level)
    {
        const stac::LevelSets &sets = plan.computed().count(level) != 0 ? plan.computed() : plan.overviews();
        if (const auto tiles = sets.find(level); tiles != sets.end() && !tiles->second.empty())
        {
            json["by_level"][job.matrix(level).id] = tiles->second.count();
        }
    }
    return json;
}

RunResult run(const std::shared_ptr<const Job> &given, const RunOptions &options)
{
    const auto begun = std::chrono::steady_clock::now();
    const auto store = store::open_store(given->recipe.output_path);
    const Start start = begin(*store, given, options);
    if (start.wipe)
    {
        check_ceilings(*start.job, Plan(*start.job, {}), options);
        wipe(*store, start.state);
    }
    Journal journal(*store, start.job->grid);
    const Work work = work_of(start, options, journal.before());
    const Job &job = *work.job;
    const Plan plan(job, work.done);
    check_ceilings(job, plan, options);
    store->remove_leftovers();
    Report report;
    if (plan.count() > 0 || !start.accepted.empty() || start.changes || !start.state.exists())
    {
        // What is no longer done is said before what is done otherwise: a kill between the two only makes tiles again.
        OutputState::claim(*store);
        journal.redo(to_redo(plan, journal.before().all()));
        const stac::LevelSets tiles = extent(job, journal.before().all());
        write_item(*store, job, tiles, start.accepted);
        OutputState::save(*store, job);
        const RunContext context{job, plan, *store, journal, report, [] { return stop_requested() != 0; }};
        {
            const NetworkWatch watch;
            const Progress progress(report, plan.count(), options.quiet);
            run_on_threads(context, job.recipe.threads);
        }
        journal.flush();
        write_item(*store, job, tiles, {});
        store->sync();
        journal.compact();
    }
    RunResult result;
    result.state = stop_requested()            ? RunState::Stopped
                   : report.failures().empty() ? RunState::Finished
                                               : RunState::FinishedWithFailures;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    result.report = report.to_json(job, plan.count(), seconds, state_name(result.state));
    result.report["requests"] = network_counts();
    result.summary = plan.count() == 0 ? "nothing to do: all is made already" : report.summary(seconds);
    return result;
}

} // namespace tiledir::engine
