#include "driver/store/http/throttle.h"

#include "autotest/driver/store/other_thread.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace tiledir::store
{

TEST(Throttle, BeginsWithAFewAndAddsOneWithEachAnswer)
{
    Throttle throttle;
    EXPECT_EQ(throttle.limit(64), 16);
    for (int i = 0; i < 100; ++i)
    {
        throttle.note(200, Throttle::Clock::now(), 64);
    }
    EXPECT_EQ(throttle.limit(64), 64);
}

TEST(Throttle, IsHalvedOnceForARoundOfRequestsAndRaisedByOneARound)
{
    Throttle throttle;
    const auto sent = Throttle::Clock::now();
    for (int i = 0; i < 100; ++i)
    {
        throttle.note(200, sent, 64);
    }
    EXPECT_EQ(throttle.limit(64), 64);
    for (int i = 0; i < 64; ++i)
    {
        throttle.note(503, sent, 64);
    }
    EXPECT_EQ(throttle.limit(64), 32);
    throttle.note(429, Throttle::Clock::now(), 64);
    EXPECT_EQ(throttle.limit(64), 16);
    for (int i = 0; i < 17; ++i)
    {
        throttle.note(200, sent, 64);
    }
    EXPECT_EQ(throttle.limit(64), 17);
}

TEST(Throttle, NeverStopsAndNeverGoesAboveTheMost)
{
    Throttle throttle;
    for (int i = 0; i < 20; ++i)
    {
        throttle.note(503, Throttle::Clock::now(), 8);
    }
    EXPECT_EQ(throttle.limit(8), 1);
    for (int i = 0; i < 1000; ++i)
    {
        throttle.note(404, Throttle::Clock::now(), 8);
    }
    EXPECT_EQ(throttle.limit(8), 8);
    EXPECT_EQ(throttle.limit(4), 4);
}

TEST(Throttle, AServerThatClosesConnectionsGetsFew)
{
    Throttle throttle;
    throttle.note_close();
    EXPECT_EQ(throttle.limit(64), 4);
    EXPECT_EQ(throttle.limit(2), 2);
}

TEST(Throttle, EachCallHasItsOwnPlacesUntilTheServerAsksForFewer)
{
    Throttle throttle;
    std::vector<Throttle::Place> places;
    for (int call = 0; call < 3; ++call)
    {
        for (int own = 0; own < 16; ++own)
        {
            places.push_back(throttle.place(own, 64));
        }
    }
    EXPECT_TRUE(std::all_of(places.begin(), places.end(), [](const auto &place) { return place != nullptr; }));
    EXPECT_FALSE(throttle.place(16, 64));
    places.resize(7);
    throttle.note(503, Throttle::Clock::now(), 64); // 8 from now on
    places.push_back(throttle.place(1, 64));
    EXPECT_TRUE(places.back());
    EXPECT_FALSE(throttle.place(1, 64)) << "other calls have them all";
}

TEST(Throttle, ACallThatHasNoPlaceWaitsForOne)
{
    Throttle throttle(std::chrono::hours(1));
    throttle.note(503, Throttle::Clock::now(), 1);
    auto first = throttle.place(0, 1);
    OtherThread second([&] { return throttle.place(0, 1) != nullptr; });
    EXPECT_TRUE(second.waits());
    first.reset();
    EXPECT_TRUE(second.get());
}

TEST(Throttle, ACallThatHasNoPlaceDoesNotWaitForEver)
{
    Throttle throttle(std::chrono::milliseconds(1));
    throttle.note(503, Throttle::Clock::now(), 1);
    const auto first = throttle.place(0, 1);
    EXPECT_TRUE(throttle.place(0, 1));
}

TEST(Throttle, OtherFailuresDoNotCount)
{
    Throttle throttle;
    throttle.note(0, Throttle::Clock::now(), 64);
    EXPECT_EQ(throttle.limit(64), 16);
    throttle.note(500, Throttle::Clock::now(), 64);
    EXPECT_EQ(throttle.limit(64), 17);
}

} // namespace tiledir::store
