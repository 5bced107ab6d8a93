#include "tools/engine/run.h"

#include "driver/store/store.h"
#include "stac/error.h"
#include "tools/engine/executors/executor.h"
#include "tools/engine/input_fingerprint.h"
#include "tools/engine/input_tiles.h"
#include "tools/engine/item_writer.h"
#include "tools/engine/journal.h"
#include "tools/engine/network_options.h"
#include "tools/engine/network_watch.h"
#include "tools/engine/output_state.h"
#include "tools/engine/plan.h"
#include "tools/engine/progress.h"
#include "tools/engine/report_text.h"
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
    std::vector<std::string> accepted;   ///< differences that --accept-old lets pass
    std::optional<InputChanges> changes; ///< that --update follows
    bool differs = false;                ///< from what was made there before
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
    Start start{given, OutputState::load(store), {}, std::nullopt, false, false};
    if (!start.state.exists())
    {
        return start;
    }
    start.job = as_saved(given, start.state.recipe());
    const auto differences = start.state.differences(*start.job);
    start.differs = !differences.empty();
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

Work work_of(const store::Store &store, const Start &start, const RunOptions &options, const DoneTiles &before)
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
    if (options.retry_failed)
    {
        work.done = all_but_failed(*work.job, before);
    }
    if (options.check)
    {
        erase(work.done, removed_tiles(store, *work.job, before));
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

/// What two runs have in common that may go side by side: all that the tiles depend on, and which tiles these are. The
/// inputs are those that the output has recorded, unless the run differs.
std::string identity(const Start &start)
{
    Json document = start.job->document;
    for (const char *key : {"threads", "executor", "memory", "tile_timeout", "stac", "journal"})
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
    switch (state)
    {
    case RunState::Finished:
        return kFinished;
    case RunState::FinishedWithFailures:
        return kFinishedWithFailures;
    case RunState::TooManyFailures:
        return "stopped after too many failures";
    case RunState::Stopped:
        break;
    }
    return kStopped;
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
    const Secrets &secrets = job.recipe.secrets;
    result.report = secrets.redacted_json(result.report);
    result.summary = planned == 0 ? "nothing to do: all is made already" : report_summary(report, seconds);
    result.failures = failure_lines(report, job);
    for (std::string &line : result.failures)
    {
        line = secrets.redacted(std::move(line));
    }
    return result;
}

/// Writes what is noted, and what failed.
void write_journal(const Report &report, const Job &job, Journal &journal)
{
    for (const TileFailure &failure : report.failures())
    {
        journal.fail(failure.tile, job.recipe.secrets.redacted(failure.reason), failure.attempts);
    }
    journal.flush();
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
            write_journal(context.report, context.job, context.journal);
        }
        catch (const Error &)
        {
            // The first cause is the one to tell; what is not named is made again.
        }
        throw;
    }
    write_journal(context.report, context.job, context.journal);
}

/// After all is made: few files of many where nobody else writes there.
void end(const RunContext &context, RunMark &mark, const stac::LevelSets &postponed)
{
    Journal &journal = context.journal;
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
    const DoneTiles none;
    const bool fresh = !start.state.exists() || start.wipe;
    const Work work = work_of(*store, start, options, fresh ? none : open_journal(*store, *start.job).before());
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
    RunMark mark(*store, identity(start));
    mark.give_way();
    if (start.wipe)
    {
        check_ceilings(*start.job, Plan(*start.job, {}), options);
    }
    clear(*store, start, mark);
    Journal journal = open_journal(*store, *start.job);
    const Work work = work_of(*store, start, options, journal.before());
    const Job &job = *work.job;
    const Plan plan(job, work.done);
    check_ceilings(job, plan, options);
    store->remove_leftovers();
    Report report;
    if (plan.count() > 0 || !start.accepted.empty() || start.changes || !start.state.exists())
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
        const auto stopping = [&] { return stop_requested() != 0 || too_many_failures(report, options); };
        const auto abandon = [&]
        {
            write_journal(report, job, journal);
            options.abandon(result_of(report, job, options, plan.count(), begun));
        };
        const RunContext context{job, plan, *store, journal, report, stopping, abandon};
        make_tiles(context, options);
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
    return result_of(report, job, options, plan.count(), begun);
}

} // namespace tiledir::engine
