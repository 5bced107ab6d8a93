#include "tools/engine/plan/batch_sizes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace tiledir::engine
{
namespace
{

using Seconds = std::chrono::duration<double>;

/// Sizes of the batches of a stage in which each tile takes so long, made one after the other.
std::vector<std::int64_t> sizes_of(std::int64_t tiles, std::size_t makers, std::int64_t first, double seconds_per_tile)
{
    BatchSizes sizes(tiles, makers, first);
    std::vector<std::int64_t> found;
    for (std::int64_t left = tiles; left > 0; left -= found.back())
    {
        found.push_back(std::min(left, sizes.next()));
        sizes.handed_out(found.back());
        sizes.took(found.back(), Seconds(seconds_per_tile * static_cast<double>(found.back())));
    }
    return found;
}

TEST(BatchSizes, BeginSmallAndGrowToSeconds)
{
    const auto sizes = sizes_of(1'000'000, 2, 16, 0.01);
    EXPECT_EQ(sizes[0], 16);
    EXPECT_EQ(sizes[1], 64);
    EXPECT_EQ(sizes[2], 256);
    EXPECT_EQ(*std::max_element(sizes.begin(), sizes.end()), 1000) << "ten seconds";
}

TEST(BatchSizes, SlowTilesAreMadeOneByOne)
{
    const auto sizes = sizes_of(100, 2, 16, 60);
    EXPECT_EQ(sizes[0], 16);
    EXPECT_EQ(*std::max_element(sizes.begin() + 1, sizes.end()), 1);
}

TEST(BatchSizes, AtTheEndAllMakersHaveWork)
{
    const auto sizes = sizes_of(10'000, 8, 16, 0.01);
    std::int64_t left = std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0});
    for (const std::int64_t size : sizes)
    {
        EXPECT_LE(size, std::max<std::int64_t>(50, left / 16)) << "a sixteenth of what is left, or half a second";
        left -= size;
    }
    EXPECT_EQ(sizes_of(16, 8, 16, 1)[0], 1);
}

TEST(BatchSizes, TilesThatTakeNoTimeMakeNoBatchThatIsTooLargeToLearnFrom)
{
    const auto sizes = sizes_of(1'000'000'000, 2, 16, 0);
    for (std::size_t index = 1; index < sizes.size(); ++index)
    {
        EXPECT_LE(sizes[index],
                  4 * *std::max_element(sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(index)));
    }
}

TEST(BatchSizes, TilesThatBecomeSlowMakeSmallerBatches)
{
    BatchSizes sizes(1'000'000, 1, 16);
    for (int batch = 0; batch < 10; ++batch)
    {
        sizes.took(1000, Seconds(1));
    }
    EXPECT_EQ(sizes.next(), 4000);
    sizes.took(1000, Seconds(1000));
    EXPECT_LT(sizes.next(), 100);
}

} // namespace
} // namespace tiledir::engine
