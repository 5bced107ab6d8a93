#include "driver/raster/pyramid/subtree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace tiledir::raster
{

namespace
{

/// What was asked for, in order: "5/0-3/4-7".
struct Asked
{
    int level = 0;
    stac::TileRange range;
    std::size_t below = 0; ///< tiles that came with it
};

class SubtreeTest : public testing::Test
{
protected:
    void make(int top, std::int64_t together, const stac::TileSet &tops)
    {
        const auto blocks = [](int level, const stac::TileRange &range)
        {
            Blocks made;
            for (std::int64_t row = range.min_row; row <= range.max_row; ++row)
            {
                for (std::int64_t col = range.min_col; col <= range.max_col; ++col)
                {
                    made[{level, row, col}] = nullptr;
                }
            }
            return made;
        };
        const SubtreeMaker maker{[&](const stac::TileRange &range)
                                 {
                                     m_asked.push_back({m_finest, range, 0});
                                     return blocks(m_finest, range);
                                 },
                                 [&](int level, const stac::TileRange &range, const Blocks &below)
                                 {
                                     m_asked.push_back({level, range, below.size()});
                                     return blocks(level, range);
                                 },
                                 [&] { return m_asked.size() >= m_stop_after; }};
        m_made = make_subtree({m_grid, m_finest, top, together}, tops, maker);
    }

    const stac::TileMatrixSet m_grid = stac::TileMatrixSet::well_known("WebMercatorQuad").value();
    const int m_finest = 5;
    std::size_t m_stop_after = 1000;
    std::vector<Asked> m_asked;
    Blocks m_made;
};

} // namespace

TEST_F(SubtreeTest, FewTilesAreMadeTogether)
{
    make(3, 8, stac::TileSet(stac::TileRange{1, 2, 1, 1})); // 8 rows of the finest level
    ASSERT_EQ(m_asked.size(), 3u);
    EXPECT_EQ(m_asked[0].range, (stac::TileRange{4, 11, 4, 7}));
    EXPECT_EQ(m_asked[1].level, 4);
    EXPECT_EQ(m_asked[1].range, (stac::TileRange{2, 5, 2, 3}));
    EXPECT_EQ(m_asked[1].below, 32u);
    EXPECT_EQ(m_asked[2].level, 3);
    EXPECT_EQ(m_made.size(), 2u);
}

TEST_F(SubtreeTest, OfManyNoMoreThanAFewAreHeld)
{
    make(0, 4, stac::TileSet(stac::TileRange{0, 0, 0, 0}));
    std::int64_t base = 0;
    for (const Asked &asked : m_asked)
    {
        base += asked.level == m_finest ? asked.range.count() : 0;
        EXPECT_TRUE(asked.level < m_finest || std::max(asked.range.rows(), asked.range.cols()) <= 4);
        EXPECT_TRUE(asked.level == m_finest || asked.below == static_cast<std::size_t>(4 * asked.range.count()))
            << asked.level << ": all that lies under it was made before";
    }
    EXPECT_EQ(base, 32 * 32);
    EXPECT_EQ(m_asked.back().level, 0);
}

TEST_F(SubtreeTest, WithoutOverviewsItIsTheTilesThemselves)
{
    make(5, 2, stac::TileSet(stac::TileRange{3, 4, 7, 8}));
    ASSERT_EQ(m_asked.size(), 1u);
    EXPECT_EQ(m_made.size(), 4u);
}

TEST_F(SubtreeTest, AStopLeavesTheRestUnasked)
{
    m_stop_after = 1;
    make(3, 1, stac::TileSet(stac::TileRange{0, 3, 0, 3}));
    EXPECT_LT(m_asked.size(), 10u);
}

TEST(Strips, AreWholeRowsOfAbout256Pixels)
{
    std::vector<stac::TileRange> strips;
    const auto note = [&](const stac::TileRange &strip)
    {
        strips.push_back(strip);
        return strips.size() < 3;
    };
    for_each_strip({2, 6, 0, 9}, 128, note);
    EXPECT_EQ(strips, (std::vector<stac::TileRange>{{2, 3, 0, 9}, {4, 5, 0, 9}, {6, 6, 0, 9}}));
    strips.clear();
    for_each_strip({0, 100, 0, 0}, 1024, note);
    EXPECT_EQ(strips, (std::vector<stac::TileRange>{{0, 0, 0, 0}, {1, 1, 0, 0}, {2, 2, 0, 0}}));
}

} // namespace tiledir::raster
