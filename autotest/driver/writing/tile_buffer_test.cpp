#include "driver/writing/tile_buffer.h"

#include "autotest/driver/raster/pyramid_folder.h"

#include <gtest/gtest.h>

namespace tiledir::driver
{

namespace
{

/// Over 8 x 8 tiles of 16 pixels, nodata 0.
class TileBufferTest : public testing::Test
{
protected:
    explicit TileBufferTest(int bands = 1)
        : m_folder(raster::small_pyramid(raster::Resampling::Average, format_with(bands)))
    {
    }
    static raster::TileFormat format_with(int bands)
    {
        raster::TileFormat format = raster::with_nodata();
        format.bands = bands;
        return format;
    }
    /// A window of one value.
    void take(TileBuffer &buffer, const stac::PixelWindow &window, unsigned char value,
              const std::vector<int> &bands = {0}) const
    {
        const std::vector<unsigned char> pixels(static_cast<std::size_t>(window.width * window.height), value);
        buffer.take(window, {pixels.data(), GDT_Byte, 1, static_cast<std::ptrdiff_t>(window.width), 0, bands});
    }
    /// What is shown of a window that was read as 1 everywhere, row after row.
    static std::vector<unsigned char> shown(const TileBuffer &buffer, const stac::PixelWindow &window)
    {
        std::vector<unsigned char> pixels(static_cast<std::size_t>(window.width * window.height), 1);
        buffer.show(window, {pixels.data(), GDT_Byte, 1, static_cast<std::ptrdiff_t>(window.width), 0, {0}, false});
        return pixels;
    }

    raster::PyramidFolder m_folder;
    TileBuffer m_buffer{m_folder.tiles()};
};

class TileBufferOfTwoBandsTest : public TileBufferTest
{
protected:
    TileBufferOfTwoBandsTest()
        : TileBufferTest(2)
    {
    }
};

using Pixels = std::vector<unsigned char>;

} // namespace

TEST_F(TileBufferTest, AWindowGoesIntoAllTilesThatItTouches)
{
    take(m_buffer, {15, 31, 18, 2}, 5);
    const TileBuffer::Tiles tiles = m_buffer.release();
    ASSERT_EQ(tiles.size(), 6U); // columns 0 to 2, rows 1 and 2
    const ChangedTile &corner = tiles.at({1, 0});
    EXPECT_TRUE(corner.gives(0, 15, 15));
    EXPECT_FALSE(corner.gives(0, 14, 15));
    EXPECT_FALSE(corner.gives(0, 15, 14));
    EXPECT_EQ(*corner.pixels().data(0, 15), 0) << "not given";
    EXPECT_EQ(corner.pixels().data(0, 15)[15], 5);
    EXPECT_TRUE(tiles.at({2, 1}).gives(0, 0, 0));
    EXPECT_FALSE(tiles.at({2, 1}).gives(0, 0, 1));
    EXPECT_TRUE(tiles.at({2, 2}).gives(0, 0, 0));
    EXPECT_FALSE(tiles.at({2, 2}).gives(0, 1, 0));
}

TEST_F(TileBufferTest, ATileIsWholeWhenItsLastPixelIsGiven)
{
    take(m_buffer, {0, 0, 16, 15}, 5);
    take(m_buffer, {0, 15, 15, 1}, 5);
    take(m_buffer, {0, 0, 16, 8}, 6); // again
    TileBuffer::Tiles tiles = m_buffer.release();
    EXPECT_FALSE(tiles.at({0, 0}).is_whole());
    m_buffer.put_back(std::move(tiles));
    take(m_buffer, {15, 15, 1, 1}, 5);
    EXPECT_TRUE(m_buffer.release().at({0, 0}).is_whole());
}

TEST_F(TileBufferOfTwoBandsTest, ATileIsWholeWhenAllItsBandsAre)
{
    take(m_buffer, {0, 0, 16, 16}, 5, {1});
    TileBuffer::Tiles tiles = m_buffer.release();
    EXPECT_FALSE(tiles.at({0, 0}).is_whole());
    EXPECT_FALSE(tiles.at({0, 0}).gives(0, 3, 3));
    EXPECT_TRUE(tiles.at({0, 0}).gives(1, 3, 3));
    m_buffer.put_back(std::move(tiles));
    take(m_buffer, {0, 0, 16, 16}, 6, {0});
    tiles = m_buffer.release();
    EXPECT_TRUE(tiles.at({0, 0}).is_whole());
    EXPECT_EQ(*tiles.at({0, 0}).pixels().data(0, 7), 6);
    EXPECT_EQ(*tiles.at({0, 0}).pixels().data(1, 7), 5);
}

/// GDAL rounds and clamps; the caller's pixels are two floats apart, its lines eight.
TEST_F(TileBufferTest, PixelsAreConvertedFromTheCallersMemory)
{
    const std::vector<float> pixels{2.5F, -1, 300, -1, 7.4F, -1, -1, -1, -5, -1, 255.4F, -1, 0.6F, -1, -1, -1};
    m_buffer.take({4, 4, 3, 2}, {reinterpret_cast<const unsigned char *>(pixels.data()),
                                 GDT_Float32,
                                 2 * sizeof(float),
                                 8 * sizeof(float),
                                 0,
                                 {0}});
    EXPECT_EQ(shown(m_buffer, {4, 4, 3, 2}), (Pixels{3, 255, 7, 0, 255, 1}));
}

TEST_F(TileBufferTest, WhatWasGivenIsShownAboveWhatWasRead)
{
    take(m_buffer, {14, 2, 4, 1}, 5);
    EXPECT_EQ(shown(m_buffer, {13, 1, 6, 2}), (Pixels{1, 1, 1, 1, 1, 1, 1, 5, 5, 5, 5, 1}));
    EXPECT_EQ(shown(m_buffer, {60, 60, 2, 1}), (Pixels{1, 1}));
    std::vector<float> wide(8, -1);
    m_buffer.show({15, 2, 2, 1}, {reinterpret_cast<unsigned char *>(wide.data()),
                                  GDT_Float32,
                                  2 * sizeof(float),
                                  4 * sizeof(float),
                                  0,
                                  {0},
                                  false});
    EXPECT_EQ(wide, (std::vector<float>{5, -1, 5, -1, -1, -1, -1, -1}));
}

TEST_F(TileBufferTest, OnlyWhatWasGivenIsPutOntoATile)
{
    take(m_buffer, {3, 2, 2, 1}, 5);
    raster::PixelBlock stored(16, 16, 1, GDT_Byte);
    stored.fill(9);
    m_buffer.release().at({0, 0}).put_onto(stored);
    EXPECT_EQ(Pixels(stored.data(0, 2), stored.data(0, 2) + 7), (Pixels{9, 9, 9, 5, 5, 9, 9}));
    EXPECT_EQ(std::count(stored.data(), stored.data() + stored.size(), 9), 254);
}

/// Who reads a window, changes a part and writes all of it back has changed that part.
TEST_F(TileBufferTest, ChangesAreMarkedWhereTheValueIsAnother)
{
    take(m_buffer, {0, 0, 16, 16}, 9);
    take(m_buffer, {4, 0, 1, 1}, 8);
    raster::PixelBlock stored(16, 16, 2, GDT_Byte); // a band, and the mask
    std::fill_n(stored.data(0), stored.band_size(), static_cast<unsigned char>(9));
    m_buffer.release().at({0, 0}).mark_changes(stored, 1);
    EXPECT_EQ(stored.data(1)[4], 255);
    EXPECT_EQ(std::count(stored.data(1), stored.data(1) + stored.band_size(), 0), 255);
}

TEST_F(TileBufferTest, TilesThatArePutBackLieBelowWhatWasGivenSince)
{
    take(m_buffer, {0, 0, 3, 1}, 5);
    take(m_buffer, {16, 0, 1, 1}, 6);
    TileBuffer::Tiles failed = m_buffer.release();
    EXPECT_EQ(m_buffer.size(), 0U);
    EXPECT_EQ(shown(m_buffer, {0, 0, 4, 1}), (Pixels{1, 1, 1, 1}));
    take(m_buffer, {2, 0, 2, 1}, 7);
    m_buffer.put_back(std::move(failed));
    EXPECT_EQ(shown(m_buffer, {0, 0, 5, 1}), (Pixels{5, 5, 7, 7, 1}));
    EXPECT_EQ(shown(m_buffer, {16, 0, 2, 1}), (Pixels{6, 1}));
    EXPECT_EQ(m_buffer.release().size(), 2U);
}

TEST_F(TileBufferTest, CountsItsTilesInBytes)
{
    EXPECT_EQ(m_buffer.size(), 0U);
    take(m_buffer, {0, 0, 1, 1}, 5);
    const std::size_t one = m_buffer.size();
    EXPECT_GE(one, 256U);
    EXPECT_LE(one, 512U);
    take(m_buffer, {0, 0, 17, 1}, 5);
    EXPECT_EQ(m_buffer.size(), 2 * one);
}

} // namespace tiledir::driver
