#include "tools/engine/run.h"

#include "driver/store/store.h"
#include "stac/error.h"
#include "tools/engine/executors/threads_executor.h"
#include "tools/engine/item_writer.h"
#include "tools/engine/journal.h"
#include "tools/engine/network_options.h"
#include "tools/engine/network_watch.h"
#include "tools/engine/output_state.h"
#include "tools/engine/plan.h"
#include "tools/engine/progress.h"
#include "tools/engine/run_mark.h"
#include "tools/engine/status.h"
#include "tools/engine/stop_request.h"
#include "tools/engine/tiles_to_retry.h"

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
    bool differs = false;              ///< from what was made there before
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
    Start start{job, OutputState::load(store), {}, false, false};
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
    start.differs = true;
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
    const raster::Pyramid pyramid = state.pyramid();
    Journal journal(store, pyramid.grid);
    const stac::LevelSets stored = journal.before().all(); // of those found empty there may be none
    for (const auto &[level, tiles] : stored)
    {
        tiles.for_each_run(
            [&, of_level = level](std::int64_t row, std::int64_t first, std::int64_t last)
            {
                for (std::int64_t col = first; col <= last; ++col)
                {
                    store.remove(pyramid.key(of_level, row, col));
                }
            });
    }
    store.sync();
    journal.clear();
    store.sync();
    OutputState::end_wipe(store);
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

stac::LevelSets planned_tiles(const Plan &plan)
{
    stac::LevelSets tiles = plan.computed();
    for (const auto &[level, set] : plan.overviews())
    {
        tiles[level].insert(set);
    }
    return tiles;
}

/// What a plan is to leave alone.
stac::LevelSets still_done(const store::Store &store, const Job &job, const RunOptions &options, const Journal &journal)
{
    stac::LevelSets done = options.retry_failed ? all_but_failed(job, journal.before()) : journal.before().all();
    const stac::LevelSets again = options.overwrite ? selected_tiles(job)
                                  : options.check   ? removed_tiles(store, job, journal.before())
                                                    : stac::LevelSets();
    for (const auto &[level, tiles] : again)
    {
        done[level].erase(tiles);
    }
    return done;
}

/// What two runs have in common that may go side by side: all that the tiles depend on, and which tiles these are. The
/// inputs are those that the output has recorded, unless the run differs.
std::string identity(const Start &start)
{
    Json document = start.job->document;
    for (const char *key : {"threads", "stac", "journal"})
    {
        document.erase(key);
    }
    return document.dump() + (start.differs ? " differs" : "");
}

Journal open_journal(store::Store &store, const Job &job)
{
    return Journal(store, raster::JournalFolder(store, job.recipe.journal), job.grid);
}

/// From now on others see this run, and nobody has made the output otherwise since it looked.
void show(RunMark &mark, const store::Store &store, const Start &start, int level, const stac::TileSet &tiles)
{
    mark.show(start.job->matrix(level).id, tiles);
    const OutputState now = OutputState::load(store);
    if (now.recipe() != start.state.recipe() && (!now.exists() || !now.differences(*start.job).empty()))
    {
        mark.finish();
        refuse(*start.job, "another run has changed it meanwhile; the same command looks again");
    }
}

void show(RunMark &mark, const store::Store &store, const Start &start, const Plan &plan)
{
    const stac::LevelSets planned = planned_tiles(plan);
    const auto finest =
        std::find_if(planned.rbegin(), planned.rend(), [](const auto &level) { return !level.second.empty(); });
    if (finest != planned.rend())
    {
        show(mark, store, start, finest->first, finest->second);
    }
}

/// Makes room for the run's tiles: those of another grid go, and what a run has said that ended before it had begun.
void clear(store::Store &store, const Start &start, RunMark &mark)
{
    const Job &job = *start.job;
    raster::JournalFolder folder(store, job.recipe.journal);
    if (start.wipe)
    {
        show(mark, store, start, job.finest, stac::TileSet(job.selection));
        wipe(store, start.state);
    }
    else if (!start.state.exists() && !folder.found().empty() && mark.is_alone())
    {
        for (const std::string &name : folder.found())
        {
            folder.remove(name);
        }
    }
}

std::string state_name(RunState state)
{
    return state == RunState::Finished               ? kFinished
           : state == RunState::FinishedWithFailures ? kFinishedWithFailures
                                                     : kStopped;
}

/// Writes what the journal lacks, and makes few files of many where nobody else writes there.
void end(const RunContext &context, RunMark &mark, const stac::LevelSets &postponed)
{
    Journal &journal = context.journal;
    for (const TileFailure &failure : context.report.failures())
    {
        journal.fail(failure.tile, context.job.recipe.secrets.redacted(failure.reason), 1);
    }
    journal.postpone(postponed);
    journal.flush();
    context.store.sync();
    if (context.stopping())
    {
        return; // the mark says that there is more to do
    }
    mark.finish();
    if (mark.is_alone())
    {
        journal.compact();
        if (journal.now().pending.empty())
        {
            mark.forget_ended();
        }
    }
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
        done = still_done(*store, job, options, open_journal(*store, job));
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
    RunMark mark(*store, identity(start));
    mark.give_way();
    clear(*store, start, mark);
    store->remove_leftovers();
    Journal journal = open_journal(*store, job);
    const Plan plan(job, still_done(*store, job, options, journal));
    Report report;
    if (plan.count() > 0 || !start.accepted.empty() || !start.state.exists())
    {
        // What is no longer done is said before what is done otherwise: a kill between the two only makes tiles again.
        if (!start.wipe)
        {
            show(mark, *store, start, plan);
        }
        OutputState::claim(*store);
        journal.claim();
        const stac::LevelSets postponed = above_pending(job, journal.before(), planned_tiles(plan));
        journal.redo(planned_tiles(plan));
        const stac::LevelSets tiles = extent(job, journal.before().all());
        write_item(*store, job, tiles, start.accepted, kRunning);
        OutputState::save(*store, job);
        const RunContext context{job, plan, *store, journal, report, [] { return stop_requested() != 0; }};
        {
            const NetworkWatch watch;
            const Progress progress(report, plan.count(), options.quiet);
            run_on_threads(context, job.recipe.threads);
        }
        end(context, mark, postponed);
        write_item(*store, job, tiles, {}, state_of(journal.now(), job, job.recipe.overviews_from_process));
        store->sync();
    }
    else if (const std::string state = state_of(journal.now(), job, job.recipe.overviews_from_process);
             state_in_item(*store) != state && mark.is_alone())
    {
        write_item(*store, job, extent(job, journal.before().all()), {}, state); // a kill came before
        store->sync();
    }
    RunResult result;
    result.state = stop_requested()            ? RunState::Stopped
                   : report.failures().empty() ? RunState::Finished
                                               : RunState::FinishedWithFailures;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    result.report =
        job.recipe.secrets.redacted_json(report.to_json(job, plan.count(), seconds, state_name(result.state)));
    result.report["requests"] = network_counts();
    result.summary = plan.count() == 0 ? "nothing to do: all is made already" : report.summary(seconds);
    return result;
}

} // namespace tiledir::engine
