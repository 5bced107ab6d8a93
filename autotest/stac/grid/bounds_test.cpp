#include "stac/grid/bounds.h"

#include <gtest/gtest.h>

namespace tiledir::stac
{

TEST(Bounds, IntersectionIsTheSharedRectangle)
{
    const Bounds one{0, 0, 10, 10};
    EXPECT_EQ(one.intersection({5, -5, 15, 5}), (Bounds{5, 0, 10, 5}));
}

TEST(Bounds, ThatOnlyTouchDoNotIntersect)
{
    EXPECT_FALSE((Bounds{0, 0, 1, 1}.intersection({1, 0, 2, 1})));
}

TEST(Bounds, UnionWithEmptyBoundsIsTheOther)
{
    const Bounds one{5, 5, 6, 6};
    EXPECT_EQ(Bounds{}.united(one), one);
    EXPECT_EQ(one.united(Bounds{}), one);
    EXPECT_EQ(one.united({0, 5.5, 1, 7}), (Bounds{0, 5, 6, 7}));
}

TEST(Bounds, OfNoNumbersAreEmpty)
{
    EXPECT_TRUE((Bounds{0, 0, std::stod("nan"), 1}.empty()));
}

TEST(PixelWindow, GrowsOnEverySide)
{
    EXPECT_EQ((PixelWindow{0, 10, 4, 5}.grown(2)), (PixelWindow{-2, 8, 8, 9}));
}

TEST(PixelWindow, IntersectionIsTheSharedPixels)
{
    const PixelWindow one{0, 10, 4, 5};
    EXPECT_EQ(one.intersection({2, 8, 10, 4}), (PixelWindow{2, 10, 2, 2}));
    EXPECT_FALSE(one.intersection({4, 10, 4, 5}));
}

TEST(TileRange, CountsBothEnds)
{
    const TileRange range{2, 4, 7, 7};
    EXPECT_EQ(range.count(), 3);
    EXPECT_TRUE(range.contains(4, 7));
    EXPECT_FALSE(range.contains(5, 7));
    EXPECT_EQ(TileRange{}.count(), 0);
}

TEST(TileRange, IntersectionAndUnionTakeBothAxes)
{
    const TileRange one{0, 4, 0, 4};
    EXPECT_EQ(one.intersection({3, 9, 4, 5}), (TileRange{3, 4, 4, 4}));
    EXPECT_FALSE(one.intersection({5, 9, 0, 4}));
    EXPECT_EQ(one.united({3, 9, 4, 5}), (TileRange{0, 9, 0, 5}));
    EXPECT_EQ(one.united(TileRange{}), one);
}

} // namespace tiledir::stac
