#include "tools/engine/run/run_course.h"

#include "tools/engine/output/status.h"
#include "tools/engine/report/report_text.h"
#include "tools/engine/resolved/network_options.h"

#include <utility>

namespace tiledir::engine
{
namespace
{

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
    case RunState::Refused:
        break;
    }
    return kStopped;
}

} // namespace

bool too_many_failures(const Report &report, const RunOptions &options)
{
    return options.max_failures >= 0 && report.failed_tiles() > options.max_failures;
}

RunResult result_of(const RunCourse &course, const ResolvedRecipe &resolved, const RunOptions &options)
{
    const Report &report = course.report;
    const Secrets &secrets = resolved.recipe.secrets;
    RunResult result;
    result.refusal = secrets.redacted(course.refusal);
    result.state = !course.refusal.empty()              ? RunState::Refused
                   : options.stop.is_asked()            ? RunState::Stopped
                   : too_many_failures(report, options) ? RunState::TooManyFailures
                   : report.failed_tiles() == 0         ? RunState::Finished
                                                        : RunState::FinishedWithFailures;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - course.begun).count();
    result.report = report_json(report, resolved, course.planned, seconds, state_name(result.state));
    if (result.state == RunState::Refused || result.state == RunState::Stopped)
    {
        result.report["cause"] =
            result.state == RunState::Refused ? result.refusal : signal_name(options.stop.signal());
    }
    Json &requests = result.report["requests"] = network_counts();
    for (const auto &[kind, count] : report.requests())
    {
        requests[kind] = requests.value(kind, std::int64_t{0}) + count;
    }
    result.report = secrets.redacted_json(result.report);
    result.summary = course.planned == 0 ? "nothing to do: all is made already" : report_summary(report, seconds);
    result.failures = failure_lines(report, resolved);
    for (std::string &line : result.failures)
    {
        line = secrets.redacted(std::move(line));
    }
    return result;
}

} // namespace tiledir::engine
