// One run of a recipe, from its files to its report.
#pragma once

#include "tools/engine/job/resolve.h"
#include "tools/engine/report/progress.h"
#include "tools/engine/report/report.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::engine
{

struct RunResult;

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
    /// Called before the run changes anything: from then on stop_requested() ends it in order.
    std::function<void()> begins = [] {};
    /// Ends the process: called in place of a return where a stopped run's work does not end in time.
    std::function<void(const RunResult &)> abandon;

    bool makes_anew() const { return overwrite && !accept_old; }
};

enum class RunState
{
    Finished,
    FinishedWithFailures,
    Stopped,         ///< by a signal; the same command goes on
    TooManyFailures, ///< more than were allowed; the same command goes on
    Refused          ///< by the store or an input, as `refusal` says; the same command goes on
};

struct RunResult
{
    RunState state = RunState::Finished;
    std::string refusal;
    Json report;
    std::string summary;
    std::vector<std::string> failures; ///< lines for the log
};

/// What a run would do; writes nothing.
/// `{"output", "levels", "tiles", "pixels", "estimated_bytes", "by_level"}`. Throws as run() does.
Json estimate(const std::shared_ptr<const Job> &job, const RunOptions &options);

/// Makes what is not done. Throws InputError: nothing was changed. What a store refuses is in the result.
RunResult run(const std::shared_ptr<const Job> &job, const RunOptions &options);
/// A run in a store that stands for the recipe's output.
RunResult run(const std::shared_ptr<const Job> &job, const RunOptions &options, store::Store &store);

} // namespace tiledir::engine
