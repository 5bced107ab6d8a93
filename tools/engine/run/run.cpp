#include "tools/engine/run/run.h"

#include "driver/journal/journal.h"
#include "driver/store/network/folder_entries.h"
#include "driver/store/opening/open_store.h"
#include "driver/store/own_folder.h"
#include "driver/store/store.h"
#include "stac/error.h"
#include "tools/engine/executors/executor.h"
#include "tools/engine/host/side_by_side.h"
#include "tools/engine/output/item_writer.h"
#include "tools/engine/output/output_state.h"
#include "tools/engine/output/run_mark.h"
#include "tools/engine/output/status.h"
#include "tools/engine/plan/plan.h"
#include "tools/engine/report/progress.h"
#include "tools/engine/run/ceilings.h"
#include "tools/engine/run/first_writes.h"
#include "tools/engine/run/run_course.h"
#include "tools/engine/run/run_room.h"
#include "tools/engine/run/run_work.h"
#include "tools/engine/run/shared_overviews.h"
#include "tools/engine/run/tiles_to_retry.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <vector>

namespace tiledir::engine
{
namespace
{

/// True where it is known that nothing lies in the output. Looking costs nothing on a disk, where removing does not
/// either.
bool is_fresh(const store::Store &store, const RunStart &start)
{
    if (start.state.exists() || !store.is_remote())
    {
        return false;
    }
    const auto is_ours = [](const VSIDIREntry &entry) { return std::string(entry.pszName) == store::kOwnFolder; };
    return store::for_each_entry(store::folder_at(store), store::Depth::Folder, false, is_ours) !=
           store::Listing::Stopped;
}

/// What two runs have in common that may go side by side: all that the tiles depend on, with the inputs as they are,
/// and which tiles these are.
std::string identity(const RunStart &start)
{
    Json document = start.resolved->document;
    for (const char *key : {"threads", "executor", "memory", "tile_timeout", "stac", "journal"})
    {
        document.erase(key);
    }
    return document.dump() + fingerprint(*start.resolved);
}

/// Writes what is noted, and what failed.
void write_journal(const Report &report, const ResolvedRecipe &resolved, journal::Journal &journal)
{
    for (const TileFailure &failure : report.failures())
    {
        journal.fail(failure.tile, resolved.recipe.secrets.redacted(failure.reason), failure.attempts);
    }
    journal.flush();
}

/// What is finished is in the journal, whatever is thrown.
void make_tiles(const RunContext &context, const RunOptions &options)
{
    try
    {
        const Progress progress(context.report, context.plan.count(), options.progress);
        execute(context);
    }
    catch (const std::exception &)
    {
        try
        {
            write_journal(context.report, context.resolved, context.journal);
        }
        catch (const Error &)
        {
            // The first cause is the one to tell; what is not named is made again.
        }
        throw;
    }
}

/// What runs have left that died before their end, after all that was pending is made. They may have died before they
/// looked at what others had written beside them.
void forget(store::Store &store, const ResolvedRecipe &resolved, const journal::Journal &journal, const RunMark &mark,
            const std::vector<journal::FoundIntent> &ended)
{
    if (!ended.empty())
    {
        renew_above(store, resolved, journal.now().foreign);
        store.sync();
        mark.forget(ended);
    }
}

/// After all is said: few files of many where nobody else writes there.
void leave(const RunContext &context, RunMark &mark)
{
    if (context.stopping())
    {
        return; // the mark says that there is more to do
    }
    context.store.remove_leftovers(); // of workers that outlived a killed run for a moment
    mark.finish();
    context.journal.write_only_while([] {});
    const RunMark::Others others = mark.others();
    if (others.none_lives)
    {
        context.journal.compact();
        if (context.journal.now().pending.empty())
        {
            forget(context.store, context.resolved, context.journal, mark, others.ended);
        }
    }
}

/// What the output says before its first tile is written. What is no longer done is said before what is done otherwise:
/// a kill between the two only makes tiles again. The item comes last: others write only where there is one, and what
/// they say of it is lost where no recipe tells what the journal is of.
void begin(store::Store &store, journal::Journal &journal, const Plan &plan, const std::function<void()> &write_item,
           const std::function<void()> &save)
{
    side_by_side(store.is_remote(), {[&] { OutputState::claim(store); },
                                     [&]
                                     {
                                         journal.claim();
                                         journal.redo(planned_tiles(plan));
                                     }});
    save();
    write_item();
    store.sync();
}

/// No tile is to blame for what goes wrong there.
void wait_for(const FirstWrites &first_writes)
{
    try
    {
        first_writes.wait();
    }
    catch (const Error &error)
    {
        throw StoreError(error);
    }
    catch (const std::exception &error)
    {
        throw StoreError(error.what());
    }
}

/// What it says after its last tile was made.
void end(const RunContext &context, RunMark &mark, const stac::LevelSets &postponed, const stac::LevelSets &tiles)
{
    journal::Journal &journal = context.journal;
    store::Store &store = context.store;
    const ResolvedRecipe &resolved = context.resolved;
    write_journal(context.report, resolved, journal);
    journal.postpone(postponed); // after what was made
    if (store.is_remote())       // a tile's writing may fail after it was used
    {
        journal.postpone(above_failed(resolved, context.report.failures(), planned_tiles(context.plan)));
    }
    journal.flush();
    store.sync();
    ItemThere item;
    side_by_side(store.is_remote(), {[&] { renew_beside_others(store, resolved, journal, mark.intent_key()); },
                                     [&] { item = item_there(store); }});
    const std::string state = state_of(journal.now(), resolved, resolved.recipe.overviews_from_process);
    side_by_side(store.is_remote(),
                 {[&] { leave(context, mark); }, [&] { write_item(store, resolved, tiles, {}, state, item); }});
    store.sync();
}

/// The same of a run that has nothing to do.
void forget_ended(store::Store &store, const ResolvedRecipe &resolved, const journal::Journal &journal,
                  const RunMark &mark, const std::vector<journal::FoundIntent> &found)
{
    const auto is_of_dead_run = [](const journal::FoundIntent &intent) { return !intent.lives && !intent.run.empty(); };
    if (std::any_of(found.begin(), found.end(), is_of_dead_run) && journal.now().pending.empty())
    {
        if (const RunMark::Others others = mark.others(); others.none_lives)
        {
            forget(store, resolved, journal, mark, others.ended);
        }
    }
}

/// What a run goes by, once it has room beside others.
struct RunPlace
{
    store::Store &store;
    const RunOptions &options;
    const RunStart &start;
    const ResolvedRecipe &resolved;
    const Plan &plan;
    journal::Journal &journal;
    RunMark &mark;
};

void make_planned(const RunPlace &place, RunCourse &course)
{
    store::Store &store = place.store;
    journal::Journal &journal = place.journal;
    RunMark &mark = place.mark;
    const RunStart &start = place.start;
    const RunOptions &options = place.options;
    const ResolvedRecipe &resolved = place.resolved;
    options.begins();
    bool fresh = false;
    ItemThere item;
    const auto look = [&]
    {
        side_by_side(store.is_remote(), {[&] { fresh = is_fresh(store, start); }, [&] { journal.begin(); },
                                         [&] { item = item_there(store); }});
    };
    OutputState::Stamps stamps; // of nothing, where all was removed
    start.wipe ? look() : static_cast<void>(stamps = announce(mark, store, start, place.plan, options.stop, look));
    const stac::LevelSets postponed = above_pending(resolved, journal.before(), planned_tiles(place.plan));
    throw_if_stopped(options.stop);
    stac::LevelSets tiles;
    const auto write_first_item = [&]
    {
        tiles = extent(resolved, journal.before().all());
        write_item(store, resolved, tiles, start.accepted, kRunning, item);
    };
    const auto save = [&] { OutputState::save(store, resolved, stamps, [&] { mark.check(); }); };
    const FirstWrites first_writes(store.is_remote(),
                                   [&] { begin(store, journal, place.plan, write_first_item, save); });
    Report &report = course.report;
    const auto stopping = [&] { return options.stop.is_asked() || too_many_failures(report, options); };
    const auto abandon = [&]
    {
        write_journal(report, resolved, journal);
        options.abandon(result_of(course, resolved, options));
    };
    const auto may_write = [&]
    {
        wait_for(first_writes);
        mark.check_after_pause();
    };
    const RunContext context{resolved, place.plan, store,     journal,           report,          stopping,
                             abandon,  fresh,      may_write, mark.intent_key(), mark.intent_id()};
    try
    {
        make_tiles(context, options);
    }
    catch (const StoreError &)
    {
        first_writes.wait(); // where that was the cause, it tells more
        throw;
    }
    first_writes.wait();
    end(context, mark, postponed, tiles);
}

/// Of a run that finds all made: a kill may have come before the item said so.
void make_nothing(const RunPlace &place, const std::vector<journal::FoundIntent> &found)
{
    store::Store &store = place.store;
    const ResolvedRecipe &resolved = place.resolved;
    const std::string state = state_of(place.journal.now(), resolved, resolved.recipe.overviews_from_process);
    const ItemThere item = item_there(store);
    if (state_in_item(item) != state && place.mark.is_alone())
    {
        write_item(store, resolved, extent(resolved, place.journal.before().all()), {}, state, item);
        store.sync();
    }
    forget_ended(store, resolved, place.journal, place.mark, found);
}

void run(const std::shared_ptr<const ResolvedRecipe> &given, const RunOptions &options, store::Store &store,
         RunCourse &course)
{
    Found found = look_around(store, given, options);
    const RunStart &start = found.start;
    RunMark mark(store, identity(start));
    std::optional<journal::Journal> journal;
    make_room(store, given, options, found, mark, journal);
    journal->write_only_while([&mark] { mark.check(); });
    for (const std::string &path : journal->cut_short())
    {
        spdlog::warn("event=journal_file_cut_short path={} read_as=absent", path);
    }
    const RunWork work = work_of(store, start, options, journal->before());
    const Plan plan(*work.resolved, work.done);
    check_ceilings(*work.resolved, plan, options);
    course.planned = plan.count();
    store.remove_leftovers();
    const RunPlace place{store, options, start, *work.resolved, plan, *journal, mark};
    const bool says_something = !start.accepted.empty() || start.changes || !start.state.exists();
    plan.count() > 0 || says_something ? make_planned(place, course) : make_nothing(place, found.intents);
}

} // namespace

RunResult run(const std::shared_ptr<const ResolvedRecipe> &given, const RunOptions &options)
{
    return run(given, options, *store::open_store(given->recipe.output_path));
}

RunResult run(const std::shared_ptr<const ResolvedRecipe> &given, const RunOptions &options, store::Store &store)
{
    RunCourse course;
    try
    {
        run(given, options, store, course);
    }
    catch (const StoppedEarly &)
    {
        // What was changed until then is as any run that goes on expects it.
    }
    catch (const StoreError &error)
    {
        course.refusal = error.what();
    }
    return result_of(course, *given, options);
}

} // namespace tiledir::engine
