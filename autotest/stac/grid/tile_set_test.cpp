#include "stac/grid/tile_set.h"

#include <gtest/gtest.h>

#include <malloc.h>

#include <random>
#include <set>
#include <utility>

using namespace tiledir::stac;

namespace
{

using Plain = std::set<std::pair<std::int64_t, std::int64_t>>;

Plain plain(const TileSet &tiles)
{
    Plain all;
    tiles.for_each_run(
        [&](std::int64_t row, std::int64_t first, std::int64_t last)
        {
            for (std::int64_t col = first; col <= last; ++col)
            {
                EXPECT_TRUE(all.emplace(row, col).second) << "twice: " << row << "/" << col;
            }
        });
    return all;
}

/// The same changes made to a TileSet and to a plain set of pairs.
struct Both
{
    TileSet tiles;
    Plain expected;

    void change(std::mt19937 &random, int steps)
    {
        for (int i = 0; i < steps; ++i)
        {
            const std::int64_t row = random() % 6;
            const std::int64_t first = static_cast<std::int64_t>(random() % 40) - 10;
            const std::int64_t last = first + static_cast<std::int64_t>(random() % 9);
            const bool insert = random() % 2 == 0;
            insert ? tiles.insert(row, first, last) : tiles.erase(row, first, last);
            for (std::int64_t col = first; col <= last; ++col)
            {
                insert ? static_cast<void>(expected.emplace(row, col)) : static_cast<void>(expected.erase({row, col}));
            }
        }
    }
};

} // namespace

TEST(TileSet, HoldsWhatASetOfPairsHoldsAfterRandomChanges)
{
    std::mt19937 random(1);
    for (int round = 0; round < 300; ++round)
    {
        Both both;
        both.change(random, 40);
        ASSERT_EQ(plain(both.tiles), both.expected) << round;
        ASSERT_EQ(both.tiles.count(), static_cast<std::int64_t>(both.expected.size()));
        for (std::int64_t col = -12; col < 42; ++col)
        {
            ASSERT_EQ(both.tiles.contains(3, col), both.expected.count({3, col}) == 1);
        }
    }
}

TEST(TileSet, UnitesSubtractsAndIntersectsAsSetsDo)
{
    std::mt19937 random(2);
    for (int round = 0; round < 200; ++round)
    {
        Both one;
        Both other;
        one.change(random, 30);
        other.change(random, 30);
        Plain united = one.expected;
        united.insert(other.expected.begin(), other.expected.end());
        Plain common;
        Plain rest;
        for (const auto &tile : one.expected)
        {
            (other.expected.count(tile) == 1 ? common : rest).insert(tile);
        }
        TileSet sum = one.tiles;
        sum.insert(other.tiles);
        TileSet difference = one.tiles;
        difference.erase(other.tiles);
        ASSERT_EQ(plain(sum), united);
        ASSERT_EQ(plain(difference), rest);
        ASSERT_EQ(plain(one.tiles.common(other.tiles)), common);
        ASSERT_EQ(sum.contains(one.tiles), true);
        ASSERT_EQ(one.tiles.contains(other.tiles), common == other.expected);
    }
}

TEST(TileSet, IsCutToARangeAndBoundedByOne)
{
    TileSet tiles;
    tiles.insert(2, 5, 9);
    tiles.insert(7, -1, 3);
    EXPECT_EQ(tiles.bounding(), (TileRange{2, 7, -1, 9}));
    EXPECT_EQ(plain(tiles.within({0, 6, 8, 20})), (Plain{{2, 8}, {2, 9}}));
    EXPECT_TRUE(tiles.within({3, 6, 0, 20}).empty());
    EXPECT_TRUE(TileSet().bounding().empty());
}

TEST(TileSet, HoldsManyScatteredColumnsOfARowAsASetDoes)
{
    std::mt19937 random(3);
    for (int round = 0; round < 20; ++round)
    {
        TileSet tiles;
        Plain expected;
        const int spread = round % 2 == 0 ? 700 : 1000000; // close together, and far apart
        for (int step = 0; step < 2000; ++step)
        {
            const std::int64_t first = static_cast<std::int64_t>(random() % spread) - spread / 2;
            const std::int64_t last =
                first + static_cast<std::int64_t>(random() % 100 == 0 ? random() % 300 : random() % 3);
            const bool insert = random() % 3 != 0;
            insert ? tiles.insert(0, first, last) : tiles.erase(0, first, last);
            for (std::int64_t col = first; col <= last; ++col)
            {
                insert ? static_cast<void>(expected.emplace(0, col)) : static_cast<void>(expected.erase({0, col}));
            }
        }
        ASSERT_EQ(plain(tiles), expected) << round;
        ASSERT_EQ(tiles.bounding(), (TileRange{0, 0, expected.begin()->second, expected.rbegin()->second}));
        const TileRange part{0, 0, -spread / 3, spread / 4};
        Plain inside;
        for (const auto &tile : expected)
        {
            if (part.contains(tile.first, tile.second))
            {
                inside.insert(tile);
            }
        }
        ASSERT_EQ(plain(tiles.within(part)), inside) << round;
        tiles.erase(0, -spread, 2 * spread);
        ASSERT_TRUE(tiles.empty());
    }
}

TEST(TileSet, OfEverySecondTileTakesAFewBitsATile)
{
    const std::size_t before = mallinfo2().uordblks;
    TileSet tiles;
    constexpr std::int64_t kSide = 1000;
    for (std::int64_t row = 0; row < kSide; ++row)
    {
        for (std::int64_t col = row % 2; col < kSide; col += 2)
        {
            tiles.insert(row, col, col);
        }
    }
    EXPECT_LT(mallinfo2().uordblks - before, kSide * kSide / 2); // a byte for each that is there
    EXPECT_EQ(tiles.count(), kSide * kSide / 2);
}

TEST(TileSet, RowsThatAreAlikeAreVisitedOnceAndStayApartWhenOneChanges)
{
    TileSet tiles(TileRange{10, 1'000'009, 5, 9});
    int visits = 0;
    const TileSet::RowsVisitor count = [&](std::int64_t, std::int64_t, const ColumnSet &) { ++visits; };
    tiles.for_each_rows(count);
    EXPECT_EQ(visits, 1);
    const TileSet copy = tiles;
    tiles.insert(TileRange{20, 29, 8, 12});
    tiles.erase(40, 6, 6);
    visits = 0;
    tiles.for_each_rows(count);
    EXPECT_EQ(visits, 5);
    EXPECT_EQ(tiles.count(), 5'000'000 + 10 * 3 - 1);
    EXPECT_EQ(copy.count(), 5'000'000);
    EXPECT_TRUE(copy.contains(40, 6));
    EXPECT_FALSE(tiles.contains(copy));
}
