#include "tools/engine/run.h"

#include "driver/store/folder_entries.h"
#include "driver/store/network_path.h"
#include "driver/store/store.h"
#include "stac/error.h"
#include "tools/engine/executors/executor.h"
#include "tools/engine/item_writer.h"
#include "tools/engine/journal.h"
#include "tools/engine/network_watch.h"
#include "tools/engine/output_state.h"
#include "tools/engine/plan.h"
#include "tools/engine/progress.h"
#include "tools/engine/run_mark.h"
#include "tools/engine/run_result.h"
#include "tools/engine/run_work.h"
#include "tools/engine/status.h"
#include "tools/engine/stop_request.h"
#include "tools/engine/tiles_to_retry.h"

#include <fmt/format.h>

#include <algorithm>

namespace tiledir::engine
{
namespace
{

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

/// Is it known that nothing lies in the output? Looking costs nothing on a disk, where removing does not either.
bool is_fresh(const store::Store &store, const RunStart &start)
{
    const std::string root = store.path("");
    if (start.state.exists() || !store::is_on_network(root))
    {
        return false;
    }
    const auto is_ours = [](const VSIDIREntry &entry) { return std::string(entry.pszName) == ".tiledir"; };
    const std::string folder = root.substr(0, root.find_last_not_of('/') + 1);
    return store::for_each_entry(folder, store::Depth::Folder, false, is_ours) != store::Listing::Stopped;
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
std::string identity(const RunStart &start)
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
void show(RunMark &mark, const store::Store &store, const RunStart &start, int level, const stac::TileSet &tiles)
{
    mark.show(start.job->matrix(level).id, tiles);
    const OutputState now = OutputState::load(store);
    if (now.recipe() != start.state.recipe() && (!now.exists() || !now.differences(*start.job).empty()))
    {
        mark.finish();
        refuse(*start.job, "another run has changed it meanwhile; the same command looks again");
    }
}

void show(RunMark &mark, const store::Store &store, const RunStart &start, const Plan &plan)
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
void clear(store::Store &store, const RunStart &start, RunMark &mark)
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
    context.store.remove_leftovers(); // of workers that outlived a killed run for a moment
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
    const RunStart start = begin_run(*store, given, options);
    const DoneTiles none;
    const bool fresh = !start.state.exists() || start.wipe;
    const RunWork work = work_of(*store, start, options, fresh ? none : open_journal(*store, *start.job).before());
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
    const RunStart start = begin_run(*store, given, options);
    RunMark mark(*store, identity(start));
    mark.give_way();
    if (start.wipe)
    {
        check_ceilings(*start.job, Plan(*start.job, {}), options);
    }
    clear(*store, start, mark);
    Journal journal = open_journal(*store, *start.job);
    const RunWork work = work_of(*store, start, options, journal.before());
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
        const bool fresh = is_fresh(*store, start);
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
        const RunContext context{job, plan, *store, journal, report, stopping, abandon, fresh};
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
