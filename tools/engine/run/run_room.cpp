#include "tools/engine/run/run_room.h"

#include "driver/journal/journal_reading.h"
#include "driver/journal/output_layout.h"
#include "tools/engine/host/side_by_side.h"
#include "tools/engine/run/ceilings.h"
#include "tools/engine/run/run_work.h"
#include "tools/engine/run/wipe.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <string>
#include <utility>

namespace tiledir::engine
{
namespace
{

journal::JournalFolder journal_folder(store::Store &store, const ResolvedRecipe &resolved)
{
    return {store, resolved.recipe.journal};
}

/// Shows others this run, of which tiles of one level are told.
OutputState::Stamps announce(
    RunMark &mark, const store::Store &store, const RunStart &start, int level, const stac::TileSet &tiles,
    const StopToken &stop, const std::function<void()> &look = [] {})
{
    throw_if_stopped(stop);
    OutputState now;
    const auto load = [&]
    {
        try
        {
            now = OutputState::load(store, start.resolved->recipe.processes, !start.state.exists());
        }
        catch (const DamagedOutput &)
        {
            if (!start.is_damaged)
            {
                throw;
            }
        }
    };
    mark.announce(start.resolved->matrix(level).id, tiles,
                  [&]
                  {
                      throw_if_stopped(stop);
                      side_by_side(store.is_remote(), {load, look});
                  });
    if (now.recipe() != start.state.recipe() && (!now.exists() || !now.differences(*start.resolved).empty()))
    {
        mark.finish();
        refuse(*start.resolved, "another run has changed it meanwhile; the same command looks again");
    }
    return now.stamps();
}

/// To runs of other recipes, and to all that write where all is about to be removed.
void give_way(RunMark &mark, const Found &found, const RunOptions &options)
{
    const RunStart &start = found.start;
    if (start.wipe)
    {
        mark.be_alone();
    }
    mark.give_way(found.intents);
    if (start.wipe)
    {
        check_ceilings(*start.resolved, Plan(*start.resolved, {}), options);
        options.begins();
    }
}

/// Does the journal name tiles, of which no recipe tells what they are? Throws InputError where others have written
/// some, which --overwrite alone may remove.
bool has_lost_its_recipe(store::Store &store, const RunStart &start, const RunOptions &options)
{
    journal::TileStates said;
    try
    {
        said = journal::Journal(store, journal_folder(store, *start.resolved), start.resolved->grid).before();
    }
    catch (const journal::DamagedJournal &) // or of another grid
    {
        return true;
    }
    if (!said.foreign.empty() && !options.makes_anew())
    {
        refuse(*start.resolved,
               ".tiledir/recipe.yaml is gone, and others have written tiles here; --overwrite removes all "
               "tiles and makes them again");
    }
    return !said.all().empty();
}

/// Makes room for the run's tiles: those of another grid go, and what a run has said that ended before it had begun.
/// The journal's folder as it is then.
journal::JournalFolder clear(store::Store &store, RunMark &mark, Found &found, const RunOptions &options)
{
    RunStart &start = found.start;
    journal::JournalFolder folder = found.journal ? std::move(*found.journal) : journal_folder(store, *start.resolved);
    found.journal.reset(); // whoever comes again looks again
    const bool is_begun = !start.state.exists() && !folder.found().empty();
    if (is_begun && !start.wipe && has_lost_its_recipe(store, start, options))
    {
        spdlog::warn("event=recipe_lost path={} tiles=made_again", store.path(journal::kRecipeKey));
        start.wipe_damaged(start.resolved);
        give_way(mark, found, options);
    }
    const ResolvedRecipe &resolved = *start.resolved;
    if (start.wipe)
    {
        const auto before_each = [&]
        {
            throw_if_stopped(options.stop);
            mark.check_after_pause();
        };
        announce(mark, store, start, resolved.finest, stac::TileSet(resolved.selection), options.stop);
        start.is_damaged ? wipe_listed(store, resolved, before_each) : wipe(store, start.state, before_each);
        return journal_folder(store, resolved);
    }
    if (is_begun)
    {
        announce(mark, store, start, resolved.finest, stac::TileSet(resolved.selection), options.stop);
        if (!mark.is_alone())
        {
            return folder;
        }
        for (const std::string &name : folder.list())
        {
            mark.check();
            folder.remove(name);
        }
        return journal_folder(store, resolved);
    }
    return folder;
}

} // namespace

void throw_if_stopped(const StopToken &stop)
{
    if (stop.is_asked())
    {
        throw StoppedEarly();
    }
}

OutputState::Stamps announce(RunMark &mark, const store::Store &store, const RunStart &start, const Plan &plan,
                             const StopToken &stop, const std::function<void()> &look)
{
    const stac::LevelSets planned = planned_tiles(plan);
    const auto finest =
        std::find_if(planned.rbegin(), planned.rend(), [](const auto &level) { return !level.second.empty(); });
    if (finest != planned.rend())
    {
        return announce(mark, store, start, finest->first, finest->second, stop, look);
    }
    look();
    return start.state.stamps();
}

Found look_around(store::Store &store, const std::shared_ptr<const ResolvedRecipe> &given, const RunOptions &options)
{
    Found found;
    side_by_side(store.is_remote(), {[&] { found.start = begin_run(store, given, options); },
                                     [&] { found.intents = journal::Intent::all(store); },
                                     [&]
                                     {
                                         try
                                         {
                                             if (store.is_remote())
                                             {
                                                 found.journal.emplace(journal_folder(store, *given));
                                             }
                                         }
                                         catch (const std::exception &)
                                         {
                                             // Another word may have to come first.
                                         }
                                     }});
    return found;
}

void make_room(store::Store &store, const std::shared_ptr<const ResolvedRecipe> &given, const RunOptions &options,
               Found &found, RunMark &mark, std::optional<journal::Journal> &journal)
{
    RunStart &start = found.start;
    give_way(mark, found, options);
    try
    {
        journal.emplace(store, clear(store, mark, found, options), start.resolved->grid);
    }
    catch (const journal::DamagedJournal &) // which nobody needs where all is made anew
    {
        if (!options.makes_anew() || start.is_damaged)
        {
            throw;
        }
        start.wipe_damaged(given);
        give_way(mark, found, options);
        journal.emplace(store, clear(store, mark, found, options), start.resolved->grid);
    }
}

} // namespace tiledir::engine
