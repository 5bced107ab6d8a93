#include "stac/utc_time.h"

#include <gtest/gtest.h>

namespace tiledir::stac
{

// RFC 3339, 5.6 and 5.8.
TEST(UtcTime, KnowsTimesOfTheStandard)
{
    for (const char *time : {"1985-04-12T23:20:50.52Z", "1996-12-19T16:39:57-08:00", "1990-12-31T23:59:60Z",
                             "1937-01-01T12:00:27.87+00:20", "2024-02-29t00:00:00z", "2000-02-29T00:00:00Z"})
    {
        EXPECT_TRUE(is_datetime(time)) << time;
    }
    for (const char *other :
         {"", "yesterday", "2024-01-01", "2024-13-45T00:00:00Z", "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
          "2024-04-31T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00", "2024-01-01 00:00:00Z",
          "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00+25:00", "2024-01-01T00:00:00+0100", "+024-01-01T00:00:00Z",
          "2024-1-1T0:0:0Z", "2024-01-01T00:00:00Z ", "2024-01-01T00:00:00ZZ"})
    {
        EXPECT_FALSE(is_datetime(other)) << other;
    }
}

} // namespace tiledir::stac
