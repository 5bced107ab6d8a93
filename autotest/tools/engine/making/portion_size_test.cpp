#include "tools/engine/making/portion_size.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace tiledir::engine
{
namespace
{

TEST(PortionSize, WithoutATimeOutAllIsMadeAtOnce)
{
    PortionSize size(0);
    size.took(1, 100);
    EXPECT_EQ(size.most(), std::numeric_limits<std::int64_t>::max());
}

TEST(PortionSize, OneTileTellsHowManyAreMadeInAQuarterOfTheTime)
{
    PortionSize size(8);
    EXPECT_EQ(size.most(), 1);
    size.took(1, 0.25);
    EXPECT_EQ(size.most(), 8);
    size.took(4, 4);
    EXPECT_EQ(size.most(), 2);
}

TEST(PortionSize, SlowTilesAreForgottenBitByBit)
{
    PortionSize size(8);
    size.took(1, 4);
    EXPECT_EQ(size.most(), 1);
    for (int i = 0; i < 20; ++i)
    {
        size.took(1, 0.01);
    }
    EXPECT_GE(size.most(), 100);
}

} // namespace
} // namespace tiledir::engine
