#include "driver/raster/upkeep/refresh.h"

#include "autotest/driver/raster/plain_store.h"
#include "autotest/driver/raster/pyramid_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

namespace tiledir::raster
{

namespace
{

constexpr int kSide = 8; ///< tiles of the base level

TileFormat with_alpha()
{
    TileFormat format;
    format.bands = 2;
    format.alpha = true;
    return format;
}

/// The first base tile and another one, and the overviews above them.
void write_two(PyramidFolder &folder, std::int64_t row, std::int64_t col)
{
    folder.write_random(0, 0, 1);
    folder.write_random(row, col, 2);
    stac::TileSet both = one_tile(0, 0);
    both.insert(row, col);
    refresh(folder.tiles(), both);
}

TileFormat with_mask()
{
    TileFormat format;
    format.bands = 2;
    format.mask = true;
    return format;
}

void fill(PyramidFolder &folder)
{
    for (int row = 0; row < kSide; ++row)
    {
        for (int col = 0; col < kSide; ++col)
        {
            folder.write_random(row, col, row * kSide + col);
        }
    }
    refresh(folder.tiles(), stac::TileSet(stac::TileRange{0, kSide - 1, 0, kSide - 1}));
}

std::size_t count(const PyramidFolder::Files &files, const std::string &level)
{
    return static_cast<std::size_t>(std::count_if(
        files.begin(), files.end(), [&](const auto &file) { return file.first.rfind(level + "/", 0) == 0; }));
}

struct RefreshCase
{
    const char *name;
    Resampling resampling;
    TileFormat format;
    bool from_bottom_left;
    friend std::ostream &operator<<(std::ostream &out, const RefreshCase &each) { return out << each.name; }
};

class RefreshTest : public testing::TestWithParam<RefreshCase>
{
protected:
    PyramidFolder m_folder{small_pyramid(GetParam().resampling, GetParam().format, GetParam().from_bottom_left)};
};

} // namespace

TEST_P(RefreshTest, EqualsARebuildByteForByteAfterTilesAreChangedAddedAndRemoved)
{
    m_folder.write_random(0, 0, 1);
    m_folder.write_random(2, 3, 2);
    m_folder.write_random(6, 6, 3);
    m_folder.write_random(6, 7, 4);
    stac::TileSet changed = one_tile(0, 0);
    changed.insert(2, 3, 3);
    changed.insert(6, 6, 7);
    RefreshSettings settings;
    settings.threads = 3;
    refresh(m_folder.tiles(), changed, settings);
    EXPECT_EQ(m_folder.files(), m_folder.rebuilt());

    m_folder.write_random(2, 3, 5); // changed
    m_folder.write_random(4, 3, 6); // added
    m_folder.remove(0, 0);          // removed, with all that is above it alone
    changed = one_tile(2, 3);
    changed.insert(4, 3, 3);
    changed.insert(0, 0, 0);
    refresh(m_folder.tiles(), changed, settings);
    if (m_folder.pyramid().can_be_absent()) // else a rebuild stores all tiles
    {
        EXPECT_EQ(m_folder.files(), m_folder.rebuilt());
    }
}

TEST_P(RefreshTest, EqualsARebuildWhereAllTilesAreThere)
{
    fill(m_folder);
    m_folder.write_random(3, 4, 1000);
    refresh(m_folder.tiles(), one_tile(3, 4));
    EXPECT_EQ(m_folder.files(), m_folder.rebuilt());
}

INSTANTIATE_TEST_SUITE_P(Pyramids, RefreshTest,
                         testing::Values(RefreshCase{"average", Resampling::Average, with_nodata(), false},
                                         RefreshCase{"nearest", Resampling::Nearest, with_nodata(), false},
                                         RefreshCase{"mode", Resampling::Mode, with_nodata(), false},
                                         RefreshCase{"bilinear", Resampling::Bilinear, with_nodata(), false},
                                         RefreshCase{"cubic", Resampling::Cubic, with_nodata(), false},
                                         RefreshCase{"cubicspline", Resampling::CubicSpline, with_nodata(), false},
                                         RefreshCase{"lanczos", Resampling::Lanczos, with_nodata(), false},
                                         RefreshCase{"average_alpha", Resampling::Average, with_alpha(), false},
                                         RefreshCase{"cubic_alpha", Resampling::Cubic, with_alpha(), false},
                                         RefreshCase{"average_mask", Resampling::Average, with_mask(), false},
                                         RefreshCase{"bilinear_mask", Resampling::Bilinear, with_mask(), false},
                                         RefreshCase{"average_bottom_left", Resampling::Average, with_nodata(), true},
                                         RefreshCase{"cubic_bottom_left", Resampling::Cubic, with_nodata(), true}),
                         [](const auto &each) { return std::string(each.param.name); });

TEST(RefreshTest, TouchesJustWhatIsAboveTheChange)
{
    PyramidFolder folder(small_pyramid(Resampling::Average, with_nodata()));
    fill(folder);
    const auto before = folder.files();
    folder.write_random(5, 2, 1000);
    const RefreshResult result = refresh(folder.tiles(), one_tile(5, 2));
    EXPECT_EQ(result.written, 3);
    EXPECT_EQ(result.unchanged + result.removed, 0);
    std::vector<std::string> changed;
    for (const auto &[key, bytes] : folder.files())
    {
        if (before.at(key) != bytes)
        {
            changed.push_back(key);
        }
    }
    EXPECT_EQ(changed, (std::vector<std::string>{"0/0/0.tif", "1/1/0.tif", "2/2/1.tif", "3/5/2.tif"}));
}

TEST(RefreshTest, AKernelThatReachesOverEdgesTouchesNeighboursToo)
{
    PyramidFolder folder(small_pyramid(Resampling::Cubic, with_nodata()));
    fill(folder);
    folder.write_random(4, 4, 1000); // the corner of four overviews of every level
    const RefreshResult result = refresh(folder.tiles(), one_tile(4, 4));
    EXPECT_EQ(result.written + result.unchanged, 4 + 4 + 1);
    EXPECT_EQ(folder.files(), folder.rebuilt());
}

TEST(RefreshTest, WhatAKernelReachesGrowsByPixelsAndNotByTiles)
{
    PyramidFolder folder(small_pyramid(Resampling::Cubic, with_nodata()));
    const stac::LevelSets above = overviews_above(folder.pyramid(), {{3, one_tile(0, 0)}});
    EXPECT_EQ(above.at(2).count(), 1); // pixels 0 to 7 of 16, and 3 around them
    EXPECT_EQ(above.at(1).count(), 1);
    EXPECT_EQ(overviews_above(folder.pyramid(), {{3, one_tile(0, 1)}}).at(2).count(), 2);
    EXPECT_TRUE(above.at(3).empty());
}

TEST(RefreshTest, RemovesWhatHasNothingUnderItUpToTheTop)
{
    PyramidFolder folder(small_pyramid(Resampling::Average, with_nodata()));
    write_two(folder, 7, 7);
    EXPECT_EQ(folder.files().size(), 2U + 2U + 2U + 1U);
    folder.remove(0, 0);
    EXPECT_EQ(refresh(folder.tiles(), one_tile(0, 0)).removed, 2);
    EXPECT_EQ(count(folder.files(), "1"), 1U);
    folder.remove(7, 7);
    EXPECT_EQ(refresh(folder.tiles(), one_tile(7, 7)).removed, 3);
    EXPECT_TRUE(folder.files().empty());
}

TEST(RefreshTest, RemovesWhatHasNothingUnderItWherePixelsCannotSayEmpty)
{
    PyramidFolder folder(small_pyramid(Resampling::Cubic, TileFormat()));
    write_two(folder, 0, 7);
    folder.remove(0, 0);
    refresh(folder.tiles(), one_tile(0, 0));
    const auto files = folder.files();
    EXPECT_EQ(files.count("1/0/0.tif"), 0U);
    EXPECT_EQ(files.count("1/0/1.tif"), 1U);
    EXPECT_EQ(files.count("0/0/0.tif"), 1U);
}

TEST(RefreshTest, WritesNothingThatIsAsItShouldBe)
{
    PyramidFolder folder(small_pyramid(Resampling::Average, with_nodata()));
    fill(folder);
    const auto stamp = folder.store().stamp("0/0/0.tif");
    const RefreshResult result = refresh(folder.tiles(), one_tile(1, 1));
    EXPECT_EQ(result.written, 0);
    EXPECT_EQ(result.unchanged, 3);
    EXPECT_EQ(folder.store().stamp("0/0/0.tif"), stamp);
}

TEST(RefreshTest, GivesTheSameWithoutMemoryForTiles)
{
    PyramidFolder folder(small_pyramid(Resampling::Cubic, with_nodata()));
    fill(folder);
    folder.write_random(4, 4, 1000);
    RefreshSettings settings;
    settings.memory = 0;
    refresh(folder.tiles(), one_tile(4, 4), settings);
    EXPECT_EQ(folder.files(), folder.rebuilt());
}

TEST(RefreshTest, ManyWhoChangeNeighbouringTilesLeaveTheirSharedOverviewsRight)
{
    PyramidFolder folder(small_pyramid(Resampling::Average, with_nodata()));
    fill(folder);
    constexpr int kWriters = 4;
    constexpr int kRounds = 25;
    std::vector<std::thread> writers;
    writers.reserve(kWriters);
    for (int writer = 0; writer < kWriters; ++writer)
    {
        writers.emplace_back(
            [&folder, writer]
            {
                const int row = writer / 2;
                const int col = writer % 2;
                for (int round = 0; round < kRounds; ++round)
                {
                    folder.write_random(row, col, 1000 + round * kWriters + writer);
                    refresh(folder.tiles(), one_tile(row, col));
                }
            });
    }
    for (std::thread &writer : writers)
    {
        writer.join();
    }
    EXPECT_EQ(folder.files(), folder.rebuilt());
}

TEST(RefreshTest, WhatIsOverwrittenWithOldPixelsIsMadeAgainWhereThereAreNeitherLocksNorConditions)
{
    PyramidFolder folder(small_pyramid(Resampling::Average, with_nodata()));
    fill(folder);
    PlainStore plain(folder.store());
    folder.write_random(0, 0, 1000);
    for (const char *overview : {"2/0/0.tif", "1/0/0.tif", "0/0/0.tif"})
    {
        // Another writer changes a tile beside and refreshes above it, just before this one writes what it made before.
        plain.once_before_writing(overview,
                                  [&]
                                  {
                                      folder.write_random(0, 1, 1001);
                                      folder.write_random(7, 7, 1002);
                                      refresh(folder.tiles(), one_tile(0, 1));
                                      refresh(folder.tiles(), one_tile(7, 7));
                                  });
        refresh(TilePyramid(folder.pyramid(), plain), one_tile(0, 0));
        EXPECT_EQ(folder.files(), folder.rebuilt()) << overview;
        fill(folder);
        folder.write_random(0, 0, 1003);
    }
}

TEST(RefreshTest, ATileThatCannotBeReadIsNamedAndTheOthersAreMade)
{
    PyramidFolder folder(small_pyramid(Resampling::Average, with_nodata()));
    fill(folder);
    folder.store().write("3/0/0.tif", std::string("no tile"));
    folder.write_random(7, 7, 1000);
    stac::TileSet changed = one_tile(0, 0);
    changed.insert(7, 7, 7);
    try
    {
        refresh(folder.tiles(), changed);
        FAIL();
    }
    catch (const TileError &error)
    {
        EXPECT_NE(std::string(error.what()).find("3/0/0.tif"), std::string::npos) << error.what();
    }
    folder.write_random(0, 0, 0); // as it was
    EXPECT_EQ(refresh(folder.tiles(), one_tile(0, 0)).written, 0);
    EXPECT_EQ(folder.files(), folder.rebuilt());
}

TEST(RefreshTest, EndsWhereItsCallerWantsNoMore)
{
    PyramidFolder folder(small_pyramid(Resampling::Average, with_nodata()));
    folder.write_random(0, 0, 1);
    RefreshSettings settings;
    settings.go_on = [](double done) { return done < 0.1; };
    EXPECT_THROW(refresh(folder.tiles(), one_tile(0, 0), settings), Interrupted);
    EXPECT_EQ(count(folder.files(), "2"), 1U);
    EXPECT_EQ(count(folder.files(), "0"), 0U);
}

} // namespace tiledir::raster
