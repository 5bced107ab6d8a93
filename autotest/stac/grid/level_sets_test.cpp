#include "stac/grid/level_sets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <random>
#include <set>
#include <tuple>

namespace tiledir::stac
{
namespace
{

using Tiles = std::set<std::tuple<int, std::int64_t, std::int64_t>>;

Tiles plain(const LevelSets &sets)
{
    Tiles tiles;
    sets.for_each([&](const TileId &tile) { tiles.emplace(tile.level, tile.row, tile.col); });
    return tiles;
}

/// The same tiles in both forms.
struct LevelsInBothForms
{
    LevelSets sets;
    Tiles tiles;
};

LevelsInBothForms random_levels(std::mt19937 &random)
{
    LevelsInBothForms both;
    std::uniform_int_distribution<int> place(0, 4);
    for (int count = place(random) * 6; count > 0; --count)
    {
        const TileId tile{place(random) % 3, place(random), place(random)};
        both.sets.insert(tile);
        both.tiles.emplace(tile.level, tile.row, tile.col);
    }
    return both;
}

TEST(LevelSets, AreSetsOfTiles)
{
    std::mt19937 random(7);
    for (int round = 0; round < 300; ++round)
    {
        const LevelsInBothForms one = random_levels(random);
        const LevelsInBothForms other = random_levels(random);
        ASSERT_EQ(plain(one.sets), one.tiles);
        EXPECT_EQ(one.sets.count(), static_cast<std::int64_t>(one.tiles.size()));
        EXPECT_EQ(one.sets.empty(), one.tiles.empty());
        for (const auto &tile : other.tiles)
        {
            const auto &[level, row, col] = tile;
            EXPECT_EQ(one.sets.contains({level, row, col}), one.tiles.count(tile) == 1);
        }

        Tiles expected = one.tiles;
        expected.insert(other.tiles.begin(), other.tiles.end());
        LevelSets sets = one.sets;
        sets.insert(other.sets);
        EXPECT_EQ(plain(sets), expected);

        expected.clear();
        std::set_difference(one.tiles.begin(), one.tiles.end(), other.tiles.begin(), other.tiles.end(),
                            std::inserter(expected, expected.end()));
        sets = one.sets;
        sets.erase(other.sets);
        EXPECT_EQ(plain(sets), expected);
        sets = one.sets;
        other.sets.for_each([&](const TileId &tile) { sets.erase(tile); });
        EXPECT_EQ(plain(sets), expected);
        EXPECT_TRUE(std::none_of(sets.begin(), sets.end(), [](const auto &level) { return level.second.empty(); }));

        expected.clear();
        std::set_intersection(one.tiles.begin(), one.tiles.end(), other.tiles.begin(), other.tiles.end(),
                              std::inserter(expected, expected.end()));
        EXPECT_EQ(plain(one.sets.common(other.sets)), expected);
    }
}

TEST(LevelSets, ALevelThatIsNotThereIsEmpty)
{
    LevelSets sets{{3, TileSet(TileRange{0, 1, 0, 1})}};
    EXPECT_TRUE(sets.at(2).empty());
    EXPECT_FALSE(sets.contains({2, 0, 0}));
    static_cast<void>(sets[2]);
    EXPECT_EQ(std::distance(sets.begin(), sets.end()), 2);
    EXPECT_EQ(sets.count(), 4);
    EXPECT_TRUE((LevelSets{{1, TileSet()}}.empty()));
}

TEST(LevelSets, CoarserLevelsGo)
{
    LevelSets sets;
    for (int level = 0; level < 4; ++level)
    {
        sets.insert(TileId{level, 0, level});
    }
    sets.erase_coarser_than(2);
    EXPECT_EQ(plain(sets), (Tiles{{2, 0, 2}, {3, 0, 3}}));
}

} // namespace
} // namespace tiledir::stac
