#include "tools/engine/stop_request.h"

#include <csignal>

namespace tiledir::engine
{
namespace
{

volatile std::sig_atomic_t stop_signal = 0;

void on_signal(int number)
{
    stop_signal = number;
    std::signal(number, SIG_DFL);
}

} // namespace

void catch_stop_signals()
{
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
}

int stop_requested()
{
    return stop_signal;
}

} // namespace tiledir::engine
