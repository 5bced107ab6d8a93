// How a run goes about its recipe: what the flags of tiledir-process say.
#pragma once

#include "tools/engine/host/stop_request.h"
#include "tools/engine/report/progress.h"
#include "tools/engine/run/run_result.h"

#include <cstdint>
#include <functional>
#include <optional>

namespace tiledir::engine
{

struct RunOptions
{
    bool overwrite = false;                ///< make the selected tiles again
    bool accept_old = false;               ///< where the recipe changed: keep finished tiles, record the new state
    bool update = false;                   ///< where recipe or inputs changed: make again what depends on it
    std::optional<std::int64_t> max_tiles; ///< refuse a plan of more
    std::optional<std::int64_t> max_bytes; ///< of pixels, not compressed
    bool retry_failed = false;             ///< make those that failed, and what is above them; nothing else
    bool check = false;                    ///< make tiles again that somebody removed
    ProgressStyle progress = ProgressStyle::Human;
    std::int64_t max_failures = -1; ///< more failed tiles end the run; -1: any number may fail
    StopToken stop;                 ///< ends it in order
    /// Called before the run changes anything: from then on a stop has something to put in order.
    std::function<void()> begins = [] {};
    /// Ends the process: called in place of a return where a stopped run's work does not end in time.
    std::function<void(const RunResult &)> abandon;

    bool makes_anew() const { return overwrite && !accept_old; }
};

} // namespace tiledir::engine
