// Shows how far a run is, on stderr: a bar on a terminal, else a line every ten seconds; or lines of JSON.
#pragma once

#include "tools/engine/report/report.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace tiledir::engine
{

enum class ProgressStyle
{
    None,
    Human,
    Lines ///< of JSON, every two seconds
};

class Progress
{
public:
    Progress(const Report &report, std::int64_t planned, ProgressStyle style);
    ~Progress();
    Progress(const Progress &) = delete;
    Progress &operator=(const Progress &) = delete;

private:
    void show();
    void show_once(double seconds) const;
    std::string bar(double seconds) const;
    /// Of tiles made or failed in so many seconds; 0 where none was.
    double tiles_per_second(double seconds) const;
    double seconds_left(double seconds) const;

    const Report &m_report;
    const std::int64_t m_planned;
    const ProgressStyle m_style;
    const bool m_has_bar;
    const std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
    std::mutex m_mutex;
    std::condition_variable m_ending;
    bool m_ended = false;
    std::thread m_thread;
};

} // namespace tiledir::engine
