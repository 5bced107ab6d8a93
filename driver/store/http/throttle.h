// How many requests a server bears at once.
#pragma once

#include "driver/store/http/pace.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

namespace tiledir::store
{

/// Does an answer's HTTP status say that there were too many requests?
bool asks_for_fewer(long status);

/// Requests that may be under way to a server, in each call: a few at first, one more with each answer; halved when it
/// asks for fewer (429, 503), and from then on of all calls together, and raised by one after as many answers as there
/// may be requests. For callers that have time there is a pace too: as many a second as it has borne. A server that
/// closes each connection gets few for ever: its queue of new ones may be short. May be used by many threads.
class Throttle
{
public:
    using Clock = std::chrono::steady_clock;

    /// A request that is under way as long as this lives.
    struct CountOut
    {
        void operator()(Throttle *throttle) const { throttle->count_out(); }
    };
    using Place = std::unique_ptr<Throttle, CountOut>;

    /// `most_wait`: of a call for its first place.
    explicit Throttle(Clock::duration most_wait = std::chrono::seconds(1))
        : m_most_wait(most_wait)
    {
    }

    /// Null where no more may be under way, of a call that has `own`. A call that has none waits for a place, but not
    /// for ever, since it may be made by a thread that others wait for; and then for its turn.
    Place place(int own, int most);
    /// Until a call that has some may ask for a place again.
    Clock::duration until_next() const;
    /// Requests a second; 0: as many as there are.
    double rate() const;

    /// Requests that may be under way at once, from 1 to `most`.
    int limit(int most);
    /// Tells that the server keeps no connections (HTTP 1.0).
    void note_close();
    /// Tells of an answer (0: none came). Answers to requests that were under way at the last cut are no reason for
    /// another one.
    /// `paced`: the caller has time, and keeps the pace that the server bears.
    void note(long status, Clock::time_point sent, int most, bool paced = false);

private:
    void count_out();
    int limit_locked(int most) const;

    const Clock::duration m_most_wait;
    mutable std::mutex m_mutex;
    std::condition_variable m_left;
    int m_under_way = 0;
    static constexpr double kFirst = 16;
    double m_limit = kFirst;
    std::optional<Clock::time_point> m_cut; ///< when the limit was halved last
    Pace m_pace;
    bool m_closes = false;
};

} // namespace tiledir::store
