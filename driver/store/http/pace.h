// How many requests a second a server bears, as it has shown.
#pragma once

#include <chrono>

namespace tiledir::store
{

/// No limit until the server asks for fewer in more than a quarter of its answers; from then on less than it was asked
/// before, again and again while that lasts, and slowly more with each answer. Not for several threads at once.
class Pace
{
public:
    using Clock = std::chrono::steady_clock;

    /// The server has asked for fewer (429, 503), of a request that was sent then.
    void refuse(Clock::time_point sent, Clock::time_point now);
    /// It has answered otherwise.
    void note(Clock::time_point now);

    /// When the next request may be sent; not after `now` where there is no limit.
    Clock::time_point next(Clock::time_point now) const;
    /// Takes that time: the next one is later.
    Clock::time_point take(Clock::time_point now);

    /// Requests a second; 0: no limit.
    double rate() const { return m_rate; }

private:
    double asked(Clock::time_point now) const;
    void turn(Clock::time_point now);

    double m_rate = 0;
    Clock::time_point m_next{};
    Clock::time_point m_cut{};
    Clock::time_point m_second{}; ///< begin of the second in which answers are counted
    struct Counts
    {
        int answered = 0;
        int refused = 0;
        int all() const { return answered + refused; }
    };
    Counts m_now;    ///< in it
    Counts m_before; ///< in the one before
};

} // namespace tiledir::store
