// How many requests a server bears at once.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>

namespace tiledir::store
{

/// Requests that may be under way to a server, in each call: a few at first, one more with each answer; halved when it
/// asks for fewer (429, 503), and then raised by one after as many answers as there may be requests. A server that
/// closes each connection gets few for ever: its queue of new ones may be short. May be used by many threads.
class Throttle
{
public:
    using Clock = std::chrono::steady_clock;

    /// From 1 to `most`.
    int limit(int most);
    /// Tells that the server keeps no connections (HTTP 1.0).
    void note_close();
    /// Tells of an answer (0: none came). Answers to requests that were under way at the last cut are no reason for
    /// another one.
    void note(long status, Clock::time_point sent, int most);

private:
    std::mutex m_mutex;
    static constexpr double kFirst = 16;
    double m_limit = kFirst;
    std::optional<Clock::time_point> m_cut; ///< when the limit was halved last
    bool m_closes = false;
};

} // namespace tiledir::store
