#include "driver/store/throttle.h"

#include <gtest/gtest.h>

namespace tiledir::store
{

TEST(Throttle, BeginsWithAFewAndAddsOneWithEachAnswer)
{
    Throttle throttle;
    EXPECT_EQ(throttle.limit(64), 16);
    for (int i = 0; i < 100; ++i)
        throttle.note(200, Throttle::Clock::now(), 64);
    EXPECT_EQ(throttle.limit(64), 64);
}

TEST(Throttle, IsHalvedOnceForARoundOfRequestsAndRaisedByOneARound)
{
    Throttle throttle;
    const auto sent = Throttle::Clock::now();
    for (int i = 0; i < 100; ++i)
        throttle.note(200, sent, 64);
    EXPECT_EQ(throttle.limit(64), 64);
    for (int i = 0; i < 64; ++i)
        throttle.note(503, sent, 64);
    EXPECT_EQ(throttle.limit(64), 32);
    throttle.note(429, Throttle::Clock::now(), 64);
    EXPECT_EQ(throttle.limit(64), 16);
    for (int i = 0; i < 17; ++i)
        throttle.note(200, sent, 64);
    EXPECT_EQ(throttle.limit(64), 17);
}

TEST(Throttle, NeverStopsAndNeverGoesAboveTheMost)
{
    Throttle throttle;
    for (int i = 0; i < 20; ++i)
        throttle.note(503, Throttle::Clock::now(), 8);
    EXPECT_EQ(throttle.limit(8), 1);
    for (int i = 0; i < 1000; ++i)
        throttle.note(404, Throttle::Clock::now(), 8);
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

TEST(Throttle, OtherFailuresDoNotCount)
{
    Throttle throttle;
    throttle.note(0, Throttle::Clock::now(), 64);
    EXPECT_EQ(throttle.limit(64), 16);
    throttle.note(500, Throttle::Clock::now(), 64);
    EXPECT_EQ(throttle.limit(64), 17);
}

} // namespace tiledir::store
