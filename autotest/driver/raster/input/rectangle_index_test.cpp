#include "driver/raster/input/rectangle_index.h"

#include <gtest/gtest.h>

#include <random>

using namespace tiledir;

TEST(RectangleIndex, FindsWhatALookAtEveryRectangleFinds)
{
    std::mt19937 random(1);
    std::uniform_real_distribution<double> place(-1000, 1000);
    std::exponential_distribution<double> size(0.05);
    const auto rectangle = [&]
    {
        const double x = place(random);
        const double y = place(random);
        return stac::Bounds{x, y, x + size(random), y + size(random)};
    };
    constexpr int kCount = 5000;
    std::vector<stac::Bounds> all;
    all.reserve(kCount);
    for (int i = 0; i < kCount; ++i)
    {
        all.push_back(rectangle());
    }
    const raster::RectangleIndex index(all);
    std::size_t found = 0;
    for (int i = 0; i < 500; ++i)
    {
        const stac::Bounds wanted = rectangle();
        std::vector<std::size_t> expected;
        for (std::size_t each = 0; each < all.size(); ++each)
        {
            const stac::Bounds &other = all[each];
            if (other.min_x <= wanted.max_x && other.max_x >= wanted.min_x && other.min_y <= wanted.max_y &&
                other.max_y >= wanted.min_y)
            {
                expected.push_back(each);
            }
        }
        EXPECT_EQ(index.touching(wanted), expected);
        found += expected.size();
    }
    EXPECT_GT(found, 100U);
}

TEST(RectangleIndex, OfNothingFindsNothing)
{
    EXPECT_TRUE(raster::RectangleIndex({}).touching({0, 0, 1, 1}).empty());
}
