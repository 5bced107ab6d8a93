// Shows how far a run is: a bar on a terminal, else a line every ten seconds. On stderr.
#pragma once

#include "tools/engine/report.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace tiledir::engine
{

class Progress
{
public:
    /// `quiet` shows nothing.
    Progress(const Report &report, std::int64_t planned, bool quiet);
    ~Progress();
    Progress(const Progress &) = delete;
    Progress &operator=(const Progress &) = delete;

private:
    void show();
    std::string text(double seconds) const;

    const Report &m_report;
    const std::int64_t m_planned;
    const bool m_terminal;
    const std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
    std::mutex m_mutex;
    std::condition_variable m_ending;
    bool m_ended = false;
    std::thread m_thread;
};

} // namespace tiledir::engine
