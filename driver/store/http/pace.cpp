#include "driver/store/http/pace.h"

#include <algorithm>

namespace tiledir::store
{

namespace
{

using Seconds = std::chrono::duration<double>;

constexpr double kMostRefused = 0.25;  ///< of the answers: who is refused that seldom may have met some other trouble
constexpr double kLess = 0.8;          ///< of what was asked for
constexpr int kFewest = 8;             ///< answers that tell a share
constexpr double kLeast = 4;           ///< requests a second
constexpr double kMoreAnAnswer = 0.05; ///< thus 5 % a second
constexpr Seconds kShortest(0.25);     ///< that tells a rate
constexpr std::chrono::seconds kOneSecond(1);
constexpr std::chrono::seconds kForgotten(60); ///< without a cut

} // namespace

void Pace::turn(Clock::time_point now)
{
    const auto passed = now - m_second;
    if (passed >= kOneSecond)
    {
        const bool is_next = passed < 2 * kOneSecond;
        m_before = is_next ? m_now : Counts();
        m_now = Counts();
        m_second = is_next ? m_second + kOneSecond : now;
    }
}

/// Requests a second, of late.
double Pace::asked(Clock::time_point now) const
{
    const Seconds passed = std::max<Seconds>(now - m_second, kShortest);
    return std::max<double>(m_before.all(), m_now.all() / passed.count());
}

void Pace::refuse(Clock::time_point sent, Clock::time_point now)
{
    turn(now);
    ++m_now.refused;
    const int refused = m_now.refused + m_before.refused;
    const int all = m_now.all() + m_before.all();
    if (all >= kFewest && refused > kMostRefused * all && sent > m_cut && now - m_cut >= kShortest)
    {
        m_rate = std::max(kLeast, kLess * (m_rate > 0 ? m_rate : asked(now)));
        m_cut = now;
        m_next = std::max(m_next, now);
        m_now = m_before = Counts();
    }
}

void Pace::note(Clock::time_point now)
{
    turn(now);
    ++m_now.answered;
    if (m_rate > 0)
    {
        m_rate = now - m_cut > kForgotten ? 0 : m_rate + kMoreAnAnswer;
    }
}

Pace::Clock::time_point Pace::next(Clock::time_point now) const
{
    return m_rate > 0 ? std::max(m_next, now) : now;
}

Pace::Clock::time_point Pace::take(Clock::time_point now)
{
    const Clock::time_point time = next(now);
    if (m_rate > 0)
    {
        m_next = time + std::chrono::duration_cast<Clock::duration>(Seconds(1 / m_rate));
    }
    return time;
}

} // namespace tiledir::store
