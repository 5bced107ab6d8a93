// One run of a recipe, from its files to its report.
#pragma once

#include "tools/engine/report.h"
#include "tools/engine/resolve.h"

#include <cstdint>
#include <optional>
#include <string>

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
    bool quiet = false;
};

enum class RunState
{
    Finished,
    FinishedWithFailures,
    Stopped ///< by a signal; the same command goes on
};

struct RunResult
{
    RunState state = RunState::Finished;
    Json report;
    std::string summary;
};

/// What a run would do; writes nothing.
/// `{"output", "levels", "tiles", "pixels", "estimated_bytes", "by_level"}`. Throws as run() does.
Json estimate(const std::shared_ptr<const Job> &job, const RunOptions &options);

/// Makes what is not done. Throws InputError (nothing was changed) and StoreError (the same command goes on later).
RunResult run(const std::shared_ptr<const Job> &job, const RunOptions &options);

} // namespace tiledir::engine
