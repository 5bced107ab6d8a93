#include "tools/engine/report/progress.h"

#include "stac/json/json_document.h"

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
constexpr std::chrono::milliseconds kLineInterval{10000};
constexpr std::chrono::milliseconds kJsonInterval{2000};
constexpr int kBarWidth = 30;

std::string duration(double seconds)
{
    const auto whole = std::lround(seconds);
    return whole < 3600 ? fmt::format("{}:{:02}", whole / 60, whole % 60)
                        : fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

} // namespace

Progress::Progress(const Report &report, std::int64_t planned, ProgressStyle style)
    : m_report(report)
    , m_planned(planned)
    , m_style(style)
    , m_has_bar(style == ProgressStyle::Human && ::isatty(STDERR_FILENO) == 1)
{
    if (style != ProgressStyle::None && planned > 0)
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
    const auto interval = m_has_bar ? kBarInterval : m_style == ProgressStyle::Lines ? kJsonInterval : kLineInterval;
    while (!m_ending.wait_for(lock, interval, [this] { return m_ended; }))
    {
        show_once(std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count());
    }
    if (m_has_bar)
    {
        std::fprintf(stderr, "\r\x1b[K");
    }
}

void Progress::show_once(double seconds) const
{
    if (m_has_bar)
    {
        std::fprintf(stderr, "\r%s\x1b[K", bar(seconds).c_str());
        std::fflush(stderr);
        return;
    }
    const std::int64_t tiles = m_report.tiles();
    if (m_style == ProgressStyle::Lines)
    {
        const Json json = {{"event", "progress"},
                           {"tiles", tiles},
                           {"of", m_planned},
                           {"failed", m_report.failed_tiles()},
                           {"bytes", m_report.bytes()},
                           {"retries", m_report.retries()},
                           {"memory_peak", m_report.memory().peak},
                           {"seconds", seconds},
                           {"tiles_per_second", tiles_per_second(seconds)},
                           {"seconds_left", tiles > 0 ? Json(seconds_left(seconds)) : Json()}};
        std::fprintf(stderr, "%s\n", stac::text_of_json(json, -1).c_str());
        return;
    }
    spdlog::info("event=progress tiles={} of={} failed={} seconds={:.0f} tiles_per_second={:.1f} left={}", tiles,
                 m_planned, m_report.failed_tiles(), seconds, tiles_per_second(seconds),
                 tiles > 0 ? duration(seconds_left(seconds)) : "?");
}

double Progress::tiles_per_second(double seconds) const
{
    return static_cast<double>(m_report.tiles()) / seconds;
}

double Progress::seconds_left(double seconds) const
{
    return static_cast<double>(m_planned - m_report.tiles()) / tiles_per_second(seconds);
}

std::string Progress::bar(double seconds) const
{
    const std::int64_t tiles = m_report.tiles();
    const std::int64_t failed = m_report.failed_tiles();
    const double share = static_cast<double>(tiles) / static_cast<double>(m_planned);
    const int filled = static_cast<int>(share * kBarWidth);
    return fmt::format("[{:#<{}}{:-<{}}] {}/{} tiles{}, {:.0f}/s, {} left", "", filled, "", kBarWidth - filled, tiles,
                       m_planned, failed > 0 ? fmt::format(" ({} failed)", failed) : "", tiles_per_second(seconds),
                       tiles > 0 ? duration(seconds_left(seconds)) : "?");
}

} // namespace tiledir::engine
