#include "driver/reading/tile_flags.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <tuple>

namespace tiledir::driver
{

TEST(TileFlags, HoldsJustWhatWasInserted)
{
    TileFlags flags;
    std::set<std::tuple<std::uint32_t, std::int64_t, std::int64_t>> expected;
    std::mt19937_64 random(1);
    for (int i = 0; i < 2000; ++i)
    {
        const auto layer = static_cast<std::uint32_t>(random() % 3);
        const auto row = static_cast<std::int64_t>(random() % 50);
        const auto col = static_cast<std::int64_t>(random() % 50) + (std::int64_t{1} << 44);
        flags.insert(layer, row, col);
        expected.emplace(layer, row, col);
    }
    for (std::uint32_t layer = 0; layer < 3; ++layer)
    {
        for (std::int64_t row = 0; row < 50; ++row)
        {
            for (std::int64_t col = 0; col < 50; ++col)
            {
                const std::int64_t far = col + (std::int64_t{1} << 44);
                EXPECT_EQ(flags.contains(layer, row, far), expected.count({layer, row, far}) == 1);
                EXPECT_FALSE(flags.contains(layer, row, col));
            }
        }
    }
}

} // namespace tiledir::driver
