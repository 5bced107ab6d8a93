#include "tools/engine/run.h"

#include "driver/store/store.h"
#include "stac/error.h"
#include "tools/engine/executors/executor.h"
#include "tools/engine/item_writer.h"
#include "tools/engine/journal.h"
#include "tools/engine/network_options.h"
#include "tools/engine/network_watch.h"
#include "tools/engine/output_state.h"
#include "tools/engine/plan.h"
#include "tools/engine/progress.h"
#include "tools/engine/report_text.h"
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
    std::vector<std::string> accepted; ///< differences that --accept-old lets pass
    bool wipe = false;                 ///< on another grid or in another format before
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
    return base == done.end() || stac::TileSet(job.selection).contains(base->second);
}

Start begin(store::Store &store, const std::shared_ptr<const Job> &job, const RunOptions &options)
{
    Start start{job, OutputState::load(store), {}, false};
    if (!start.state.exists())
    {
        return start;
    }
    const auto differences = start.state.differences(*job);
    if (differences.empty())
    {
        start.job = with_saved_levels(job, start.state);
        return start;
    }
    const std::string shown = fmt::format("{}", fmt::join(texts(differences), "; "));
    const bool can_be_mixed = std::all_of(differences.begin(), differences.end(),
                                          [](const auto &difference) { return difference.can_be_mixed; });
    if (options.accept_old)
    {
        if (!can_be_mixed)
        {
            refuse(*job,
                   "was made otherwise, and tiles of both cannot be mixed: " + shown + "; --overwrite makes it again");
        }
        start.accepted = texts(differences);
        start.job = with_saved_levels(job, start.state);
        return start;
    }
    if (!options.overwrite)
    {
        refuse(*job, "was made otherwise: " + shown + "; --overwrite makes it again" +
                         (can_be_mixed ? ", --accept-old keeps what is finished" : ""));
    }
    if (can_be_mixed && !covers_all(store, *job))
    {
        refuse(*job, "was made otherwise and reaches beyond the bounds: " + shown +
                         "; --overwrite without bounds makes all of it again, --accept-old mixes old and new");
    }
    start.wipe = !can_be_mixed;
    start.job = start.wipe ? job : with_saved_levels(job, start.state);
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

stac::LevelSets still_done(const Job &job, const RunOptions &options, const Journal &journal)
{
    stac::LevelSets done = journal.before().all();
    if (options.overwrite)
    {
        for (const auto &[level, tiles] : selected_tiles(job))
        {
            done[level].erase(tiles);
        }
    }
    return done;
}

std::string state_name(RunState state)
{
    switch (state)
    {
    case RunState::Finished:
        return "finished";
    case RunState::FinishedWithFailures:
        return "finished with failures";
    case RunState::TooManyFailures:
        return "stopped after too many failures";
    case RunState::Stopped:
        break;
    }
    return "stopped";
}

bool too_many_failures(const Report &report, const RunOptions &options)
{
    return options.max_failures >= 0 && report.failed_tiles() > options.max_failures;
}

RunResult result_of(const Report &report, const Job &job, const RunOptions &options, std::int64_t planned,
                    std::chrono::steady_clock::time_point begun)
{
    RunResult result;
    result.state = stop_requested()                     ? RunState::Stopped
                   : too_many_failures(report, options) ? RunState::TooManyFailures
                   : report.failed_tiles() == 0         ? RunState::Finished
                                                        : RunState::FinishedWithFailures;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    result.report = report_json(report, job, planned, seconds, state_name(result.state));
    Json &requests = result.report["requests"] = network_counts();
    for (const auto &[kind, count] : report.requests())
    {
        requests[kind] = requests.value(kind, std::int64_t{0}) + count;
    }
    result.summary = planned == 0 ? "nothing to do: all is made already" : report_summary(report, seconds);
    result.failures = failure_lines(report, job);
    return result;
}

/// What is finished is in the journal, whatever is thrown.
void make_tiles(const RunContext &context, const RunOptions &options)
{
    try
    {
        const NetworkWatch watch;
        const Progress progress(context.report, context.plan.count(), options.progress);
        execute(context);
    }
    catch (const std::exception &)
    {
        try
        {
            context.journal.flush();
        }
        catch (const Error &)
        {
            // The first cause is the one to tell; what is not named is made again.
        }
        throw;
    }
    context.journal.flush();
}

} // namespace

Json estimate(const std::shared_ptr<const Job> &given, const RunOptions &options)
{
    const auto store = store::open_store(given->recipe.output_path);
    const Start start = begin(*store, given, options);
    const Job &job = *start.job;
    stac::LevelSets done;
    if (start.state.exists() && !start.wipe)
    {
        done = still_done(job, options, Journal(*store, job.grid));
    }
    const Plan plan(job, done);
    const std::int64_t tile_pixels = static_cast<std::int64_t>(job.format.width) * job.format.height;
    Json json = {{"output", job.recipe.output_path},
                 {"levels", job.document["levels"]},
                 {"tiles", plan.count()},
                 {"pixels", plan.count() * tile_pixels}};
    json["estimated_bytes"] = plan.count() * tile_pixels * job.format.bands * GDALGetDataTypeSizeBytes(job.format.type);
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
    const Job &job = *start.job;
    if (start.wipe)
    {
        wipe(*store, start.state);
    }
    store->remove_leftovers();
    Journal journal(*store, job.grid);
    const Plan plan(job, still_done(job, options, journal));
    Report report;
    if (plan.count() > 0 || !start.accepted.empty() || !start.state.exists())
    {
        // What is no longer done is said before what is done otherwise: a kill between the two only makes tiles again.
        OutputState::claim(*store);
        journal.redo(to_redo(plan, journal.before().all()));
        const stac::LevelSets tiles = extent(job, journal.before().all());
        write_item(*store, job, tiles, start.accepted);
        OutputState::save(*store, job);
        const auto stopping = [&] { return stop_requested() != 0 || too_many_failures(report, options); };
        const auto abandon = [&]
        {
            journal.flush();
            options.abandon(result_of(report, job, options, plan.count(), begun));
        };
        make_tiles({job, plan, *store, journal, report, stopping, abandon}, options);
        write_item(*store, job, tiles, {});
        store->sync();
        journal.compact();
    }
    return result_of(report, job, options, plan.count(), begun);
}

} // namespace tiledir::engine
