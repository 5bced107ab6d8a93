// How many requests a server bears at once.
#pragma once

#include <chrono>
#include <limits>
#include <mutex>

namespace tiledir::store
{

/// Requests that may be under way to a server, in each call: halved when it asks for fewer (429, 503), then slowly
/// raised, by one after as many answers as there may be requests. May be used by many threads.
class Throttle
{
public:
    using Clock = std::chrono::steady_clock;

    /// From 1 to `most`.
    int limit(int most);
    /// Tells of an answer (0: none came). Answers to requests that were under way at the last cut are no reason for
    /// another one.
    void note(long status, Clock::time_point sent, int most);

private:
    std::mutex m_mutex;
    double m_limit = std::numeric_limits<double>::infinity();
    Clock::time_point m_cut;
};

} // namespace tiledir::store
