#include "driver/raster/pixels/pixel_block.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

using namespace tiledir::raster;

TEST(PixelBlock, BeginsWithZeros)
{
    const PixelBlock block(3, 2, 2, GDT_Int16);
    EXPECT_EQ(block.size(), 3U * 2 * 2 * 2);
    EXPECT_TRUE(block.all_equal(0));
}

TEST(PixelBlock, FillsEveryBandWithAValueConvertedAsGdalConverts)
{
    PixelBlock block(3, 2, 2, GDT_Byte);
    block.fill(300);
    EXPECT_EQ(block.data(0, 0)[0], 255);
    block.fill(1.5);
    EXPECT_EQ(block.data(1, 1)[2], 2);
    EXPECT_TRUE(block.all_equal(2));
}

TEST(PixelBlock, OfNothingButNaNEqualsNaNOnly)
{
    PixelBlock block(3, 2, 1, GDT_Float32);
    block.fill(std::numeric_limits<double>::quiet_NaN());
    EXPECT_TRUE(block.all_equal(std::nan("")));
    EXPECT_FALSE(block.all_equal(0));
    block.row<float>(0, 1)[2] = 1;
    EXPECT_FALSE(block.all_equal(std::nan("")));
}

TEST(PixelBlock, IsNotAllEqualWhenTheLastPixelDiffers)
{
    for (const GDALDataType type : {GDT_Byte, GDT_Int16, GDT_Int32, GDT_Float32, GDT_Float64, GDT_CFloat32})
    {
        PixelBlock block(3, 2, 2, type);
        block.fill(7);
        EXPECT_TRUE(block.all_equal(7)) << GDALGetDataTypeName(type);
        const double other = 8;
        GDALCopyWords(&other, GDT_Float64, 0, block.data(1, 1) + 2 * block.pixel_size(), type, 0, 1);
        EXPECT_FALSE(block.all_equal(7)) << GDALGetDataTypeName(type);
    }
}

TEST(PixelBlock, NeverEqualsAValueItsTypeCannotHold)
{
    PixelBlock block(2, 2, 1, GDT_Byte);
    EXPECT_FALSE(block.all_equal(-9999));
    EXPECT_FALSE(block.all_equal(std::nan("")));
}

TEST(PixelBlock, TreatsNegativeZeroAsZero)
{
    PixelBlock block(1, 1, 1, GDT_Float32);
    block.row<float>(0, 0)[0] = -0.0F;
    EXPECT_TRUE(block.all_equal(0));
}

TEST(PixelBlock, PastesARectangleOfAllBands)
{
    PixelBlock source(3, 3, 2, GDT_UInt16);
    for (int band = 0; band < 2; ++band)
    {
        for (int i = 0; i < 9; ++i)
        {
            source.row<std::uint16_t>(band, i / 3)[i % 3] = static_cast<std::uint16_t>(100 * band + i);
        }
    }
    PixelBlock target(4, 3, 2, GDT_UInt16);
    target.paste(source, 1, 0, 2, 2, 2, 1);
    EXPECT_EQ(target.row<std::uint16_t>(0, 1)[2], 1);
    EXPECT_EQ(target.row<std::uint16_t>(0, 1)[3], 2);
    EXPECT_EQ(target.row<std::uint16_t>(1, 2)[3], 105);
    EXPECT_EQ(target.row<std::uint16_t>(1, 2)[1], 0);
    EXPECT_EQ(target.row<std::uint16_t>(1, 0)[2], 0);
}

TEST(PixelBlock, DiffersWithinTheSmallestWindow)
{
    const PixelBlock one(7, 5, 2, GDT_UInt16);
    PixelBlock other = one;
    EXPECT_EQ(difference(one, other), tiledir::stac::PixelWindow());
    other.row<std::uint16_t>(1, 3)[2] = 0x0100; // one byte of a pixel, of one band
    EXPECT_EQ(difference(one, other), (tiledir::stac::PixelWindow{2, 3, 1, 1}));
    other.row<std::uint16_t>(0, 1)[6] = 1;
    EXPECT_EQ(difference(other, one), (tiledir::stac::PixelWindow{2, 1, 5, 3}));
    other.row<std::uint16_t>(0, 0)[0] = 1;
    other.row<std::uint16_t>(1, 4)[6] = 1;
    EXPECT_EQ(difference(one, other), (tiledir::stac::PixelWindow{0, 0, 7, 5}));
}

TEST(PixelBlock, MayHaveNoPixelsAtAll)
{
    PixelBlock block(0, 0, 1, GDT_Byte);
    block.fill(1);
    EXPECT_TRUE(block.all_equal(5));
}
