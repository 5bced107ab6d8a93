// What comes of a run.
#pragma once

#include "tools/engine/schema/schema.h"

#include <string>
#include <vector>

namespace tiledir::engine
{

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

} // namespace tiledir::engine
