#include "driver/raster/pixels/pixel_conversion.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace tiledir::raster
{

namespace
{

constexpr double kHole = std::numeric_limits<double>::quiet_NaN();

PixelBlock float_row(const std::vector<double> &values)
{
    PixelBlock block(static_cast<int>(values.size()), 1, 1, GDT_Float64);
    std::copy(values.begin(), values.end(), block.row<double>(0, 0));
    return block;
}

template <class T> std::vector<T> values_in(const PixelBlock &block, int band = 0)
{
    const T *row = block.row<T>(band, 0);
    return {row, row + block.width()};
}

} // namespace

TEST(PixelConversion, RoundsAndClampsAsGdalDoes)
{
    const PixelBlock bytes = converted(float_row({-3, 0.4, 0.6, 254.7, 300, kHole}), {kHole, GDT_Byte, 7.0, false});
    EXPECT_EQ(values_in<std::uint8_t>(bytes), (std::vector<std::uint8_t>{0, 0, 1, 255, 255, 7}));
}

TEST(PixelConversion, KeepsDataOffTheNodataValue)
{
    const PixelBlock low = converted(float_row({0, 1, kHole, -5}), {kHole, GDT_Byte, 0.0, false});
    EXPECT_EQ(values_in<std::uint8_t>(low), (std::vector<std::uint8_t>{1, 1, 0, 1})) << "there is none below 0";
    const PixelBlock high = converted(float_row({255, 300, kHole}), {kHole, GDT_Byte, 255.0, false});
    EXPECT_EQ(values_in<std::uint8_t>(high), (std::vector<std::uint8_t>{254, 254, 255}));
    const PixelBlock floats = converted(float_row({-9999, kHole}), {kHole, GDT_Float32, -9999.0, false});
    EXPECT_EQ(values_in<float>(floats), (std::vector<float>{std::nextafter(-9999.0F, 0.0F), -9999.0F}));
}

TEST(PixelConversion, LeavesWhatIsRightAlready)
{
    PixelBlock block = float_row({1, kHole, -9999});
    const unsigned char *memory = block.data();
    const PixelBlock same = converted(std::move(block), {kHole, GDT_Float64, NodataValue(kHole), false});
    EXPECT_EQ(same.data(), memory) << "no copy";
}

TEST(PixelConversion, WithoutNodataPixelsWithoutDataAreZeroAndAMaskTellsThem)
{
    PixelBlock two(3, 1, 2, GDT_Float64);
    const std::vector<double> bands = {kHole, kHole, 3, kHole, 5, 6};
    std::copy(bands.begin(), bands.end(), two.row<double>(0, 0));
    const PixelBlock made = converted(std::move(two), {kHole, GDT_Int16, std::nullopt, true});
    ASSERT_EQ(made.bands(), 3);
    EXPECT_EQ(values_in<std::int16_t>(made, 0), (std::vector<std::int16_t>{0, 0, 3}));
    EXPECT_EQ(values_in<std::int16_t>(made, 1), (std::vector<std::int16_t>{0, 5, 6}));
    EXPECT_EQ(values_in<std::int16_t>(made, 2), (std::vector<std::int16_t>{0, 255, 255})) << "where a band has data";
}

TEST(PixelConversion, TheValueBesideIsTheNearestOfItsType)
{
    EXPECT_EQ(value_beside(0.0, GDT_Byte).number(), 1);
    EXPECT_EQ(value_beside(255.0, GDT_Byte).number(), 254);
    EXPECT_EQ(value_beside(-32768.0, GDT_Int16).number(), -32767);
    EXPECT_EQ(value_beside(0.0, GDT_Float32).number(), std::numeric_limits<float>::denorm_min());
    EXPECT_EQ(value_beside(1.0, GDT_Float64).number(), std::nextafter(1.0, 0.0));
    constexpr auto kLowest = std::numeric_limits<std::int64_t>::min();
    const NodataValue beside = value_beside({static_cast<double>(kLowest), kLowest}, GDT_Int64);
    EXPECT_EQ(beside.as_int64(), kLowest + 1) << "which no double holds";
}

} // namespace tiledir::raster
