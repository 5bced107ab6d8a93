#include "driver/store/http/pace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace tiledir::store
{

namespace
{

using Time = Pace::Clock::time_point;
using Seconds = std::chrono::duration<double>;

Pace::Clock::duration ticks(double seconds)
{
    return std::chrono::duration_cast<Pace::Clock::duration>(Seconds(seconds));
}

/// A server that answers so many requests a second, from a bucket that holds a second's.
class Server
{
public:
    explicit Server(double rate)
        : m_rate(rate)
        , m_left(rate)
    {
    }
    bool answers(Time time)
    {
        m_left = std::min(m_rate, m_left + Seconds(time - m_last).count() * m_rate);
        m_last = time;
        const bool has_room = m_left >= 1;
        m_left -= has_room ? 1 : 0;
        return has_room;
    }

private:
    double m_rate;
    double m_left;
    Time m_last{};
};

struct Counts
{
    int answered = 0;
    int refused = 0;
};

/// Writers that send one request after the other, each of which takes 5 ms, for `seconds`.
Counts simulate(std::vector<Pace> paces, Server &server, double seconds)
{
    std::vector<Time> free(paces.size());
    Counts counts;
    for (;;)
    {
        const auto writer = std::min_element(free.begin(), free.end());
        if (*writer >= Time(ticks(seconds)))
        {
            return counts;
        }
        Pace &pace = paces[static_cast<std::size_t>(writer - free.begin())];
        const Time now = pace.take(*writer);
        *writer = now + ticks(0.005);
        const bool answered = server.answers(now);
        answered ? pace.note(*writer) : pace.refuse(now, *writer);
        (answered ? counts.answered : counts.refused) += now >= Time(ticks(seconds / 2)) ? 1 : 0;
    }
}

} // namespace

TEST(Pace, HasNoLimitUntilItIsCut)
{
    Pace pace;
    const Time now(ticks(10));
    for (int i = 0; i < 1000; ++i)
    {
        EXPECT_EQ(pace.take(now), now);
        pace.note(now);
    }
    EXPECT_EQ(pace.rate(), 0);
}

TEST(Pace, SettlesNearWhatTheServerBears)
{
    Server server(50);
    const Counts counts = simulate(std::vector<Pace>(1), server, 60);
    EXPECT_GT(counts.answered, 0.85 * 50 * 30);
    EXPECT_LT(counts.refused, 0.25 * counts.answered);
}

TEST(Pace, ProcessesThatKnowNothingOfEachOtherShareAServer)
{
    Server server(200);
    const Counts counts = simulate(std::vector<Pace>(8), server, 120);
    EXPECT_GT(counts.answered, 0.8 * 200 * 60);
    EXPECT_LT(counts.refused, 0.25 * counts.answered);
}

TEST(Pace, AFifthOfRefusalsIsOtherTrouble)
{
    Pace pace;
    Time now(ticks(1));
    for (int i = 0; i < 1000; ++i)
    {
        now += ticks(0.01);
        i % 5 == 4 ? pace.refuse(now - ticks(0.01), now) : pace.note(now);
    }
    EXPECT_EQ(pace.rate(), 0);
}

TEST(Pace, ForgetsTheLimitAfterAMinuteWithoutACut)
{
    Pace pace;
    for (int i = 0; i < 8; ++i)
    {
        pace.refuse(Time(ticks(0.9)), Time(ticks(1)));
    }
    EXPECT_GT(pace.rate(), 0);
    pace.note(Time(ticks(2)));
    EXPECT_GT(pace.rate(), 0);
    pace.note(Time(ticks(62)));
    EXPECT_EQ(pace.rate(), 0);
}

} // namespace tiledir::store
