#include "tools/engine/progress.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

namespace tiledir::engine
{
namespace
{

constexpr std::chrono::milliseconds kBarInterval{200};
constexpr std::chrono::seconds kLineInterval{10};
constexpr int kBarWidth = 30;

std::string duration(double seconds)
{
    const auto whole = std::lround(seconds);
    return whole < 3600 ? fmt::format("{}:{:02}", whole / 60, whole % 60)
                        : fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

} // namespace

Progress::Progress(const Report &report, std::int64_t planned, bool quiet)
    : m_report(report)
    , m_planned(planned)
    , m_terminal(::isatty(STDERR_FILENO) == 1)
{
    if (!quiet && planned > 0)
    {
        m_thread = std::thread([this] { show(); });
    }
}

Progress::~Progress()
{
    if (!m_thread.joinable())
    {
        return;
    }
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        m_ended = true;
    }
    m_ending.notify_all();
    m_thread.join();
}

void Progress::show()
{
    std::unique_lock<std::mutex> lock(m_mutex);
    const auto interval =
        m_terminal ? kBarInterval : std::chrono::duration_cast<std::chrono::milliseconds>(kLineInterval);
    while (!m_ending.wait_for(lock, interval, [this] { return m_ended; }))
    {
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
        if (m_terminal)
        {
            std::fprintf(stderr, "\r%s\x1b[K", text(seconds).c_str());
            std::fflush(stderr);
        }
        else
        {
            const std::int64_t tiles = m_report.tiles();
            spdlog::info("event=progress tiles={} of={} seconds={:.0f} tiles_per_second={:.1f}", tiles, m_planned,
                         seconds, static_cast<double>(tiles) / seconds);
        }
    }
    if (m_terminal)
    {
        std::fprintf(stderr, "\r\x1b[K");
    }
}

std::string Progress::text(double seconds) const
{
    const std::int64_t tiles = m_report.tiles();
    const double share = static_cast<double>(tiles) / static_cast<double>(m_planned);
    const int filled = static_cast<int>(share * kBarWidth);
    const double rate = static_cast<double>(tiles) / seconds;
    return fmt::format("[{:#<{}}{:-<{}}] {}/{} tiles, {:.0f}/s, {} left", "", filled, "", kBarWidth - filled, tiles,
                       m_planned, rate, tiles > 0 ? duration(static_cast<double>(m_planned - tiles) / rate) : "?");
}

} // namespace tiledir::engine
