#include "tools/engine/host/stop_request.h"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>

namespace tiledir::engine
{
namespace
{

/// A handler runs on any thread, and all ask.
std::atomic<int> stop_signal{0};
static_assert(std::atomic<int>::is_always_lock_free, "it is set by a signal handler");

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

void catch_termination()
{
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGTERM, on_signal);
}

StopToken stop_signals()
{
    return StopToken(stop_signal);
}

std::string signal_name(int number)
{
    const char *name = sigabbrev_np(number);
    return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", number);
}

bool pause(double seconds, const std::function<bool()> &stopping)
{
    constexpr std::chrono::milliseconds kInterval{50};
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    while (!stopping() && std::chrono::steady_clock::now() < end)
    {
        std::this_thread::sleep_for(kInterval);
    }
    return !stopping();
}

} // namespace tiledir::engine
