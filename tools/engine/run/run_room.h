// Room for a run in its output: nobody else makes it otherwise, and nothing of before is in the way.
#pragma once

#include "driver/journal/intent.h"
#include "driver/journal/journal.h"
#include "driver/store/store.h"
#include "tools/engine/output/run_mark.h"
#include "tools/engine/plan/plan.h"
#include "tools/engine/run/run_options.h"
#include "tools/engine/run/run_start.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace tiledir::engine
{

/// Thrown where a run is asked to stop before it makes tiles.
struct StoppedEarly
{
};

/// Throws StoppedEarly where the run is asked to stop.
void throw_if_stopped(const StopToken &stop);

/// From now on others see this run and the tiles that it is to make, and nobody has made the output otherwise since it
/// looked: its state is as these stamps tell. `look`: what else is to be found out from now on, side by side over a
/// network. Throws InputError where another run has, StoppedEarly.
OutputState::Stamps announce(RunMark &mark, const store::Store &store, const RunStart &start, const Plan &plan,
                             const StopToken &stop, const std::function<void()> &look);

/// What a run finds in its output at its start; on an object store it is asked for side by side.
struct Found
{
    RunStart start;
    std::vector<journal::FoundIntent> intents;
    std::optional<journal::JournalFolder> journal; ///< none where make_room() is to look, and to tell why it cannot
};

/// Throws as begin_run() and Intent::all().
Found look_around(store::Store &store, const std::shared_ptr<const ResolvedRecipe> &given, const RunOptions &options);

/// Makes room and reads the journal that is there then into `journal`: tiles of another grid go, all tiles where the
/// output is damaged (`found.start` tells), and what a run has said that ended before it had begun. Throws InputError:
/// others are at work there, or would lose what they wrote; StoppedEarly; as Journal.
void make_room(store::Store &store, const std::shared_ptr<const ResolvedRecipe> &given, const RunOptions &options,
               Found &found, RunMark &mark, std::optional<journal::Journal> &journal);

} // namespace tiledir::engine
