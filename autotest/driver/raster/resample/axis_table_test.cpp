#include "driver/raster/resample/axis_table.h"

#include "stac/error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace tiledir;
using namespace tiledir::raster;

namespace
{

/// Input position = output position * step + offset.
AxisMapping linear(double step, double offset)
{
    return [step, offset](std::vector<double> &positions)
    {
        for (double &each : positions)
        {
            each = each * step + offset;
        }
    };
}

std::vector<double> weights_of(const AxisTable &table, std::int64_t output)
{
    const Taps taps = table.taps(output);
    return {taps.weights, taps.weights + taps.count};
}

void expect_near(const std::vector<double> &actual, const std::vector<double> &expected)
{
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i)
    {
        EXPECT_NEAR(actual[i], expected[i], 1e-14) << "tap " << i;
    }
}

} // namespace

TEST(AxisTable, NearestTakesThePixelUnderTheCentre)
{
    // Centres at 0.3, 0.9, 1.5, 2.1.
    const AxisTable table = make_axis_table(Resampling::Nearest, 0, 4, 3, 1 / 0.6, false, linear(0.6, 0));
    EXPECT_EQ(table.start, (std::vector<std::int64_t>{0, 0, 1, 2}));
    EXPECT_EQ(table.inside, (std::vector<unsigned char>{1, 1, 1, 1}));
    expect_near(weights_of(table, 1), {1});
}

TEST(AxisTable, ACentreOnAPixelsEdgeBelongsToTheNextPixelInSpiteOfRounding)
{
    const AxisTable table = make_axis_table(Resampling::Nearest, 0, 2, 4, 1, false, linear(1, 0.5 - 1e-12));
    EXPECT_EQ(table.start, (std::vector<std::int64_t>{1, 2}));
}

TEST(AxisTable, BilinearWeighsTheTwoNearestPixelsByDistance)
{
    // Centre at 10.75: between the centres of pixels 10 (10.5) and 11 (11.5).
    const AxisTable table = make_axis_table(Resampling::Bilinear, 0, 1, 100, 1, false, linear(1, 10.25));
    EXPECT_EQ(table.start[0], 10);
    EXPECT_EQ(table.centre[0], 10);
    expect_near(weights_of(table, 0), {0.75, 0.25});
}

TEST(AxisTable, BilinearWidensToATriangleOverTheOutputPixelWhenDownsampling)
{
    // Centre at 4 with a radius of 2: pixel centres 2.5, 3.5, 4.5 and 5.5 have heights 1/4, 3/4, 3/4, 1/4.
    const AxisTable table = make_axis_table(Resampling::Bilinear, 0, 1, 100, 0.5, true, linear(2, 3));
    EXPECT_EQ(table.start[0], 2);
    expect_near(weights_of(table, 0), {0.125, 0.375, 0.375, 0.125});
}

TEST(AxisTable, AScaleAboveOneDoesNotNarrowTheKernel)
{
    const AxisTable table = make_axis_table(Resampling::Bilinear, 0, 1, 100, 3, true, linear(1, 10.25));
    EXPECT_EQ(table.start[0], 10);
    expect_near(weights_of(table, 0), {0.75, 0.25});
}

TEST(AxisTable, CubicIsKeysConvolutionWithMinusOneHalf)
{
    // Half way between two pixels: -1/16, 9/16, 9/16, -1/16. A quarter: -9/128, 111/128, 29/128, -3/128.
    const AxisTable half = make_axis_table(Resampling::Cubic, 0, 1, 100, 1, false, linear(1, 10.5));
    EXPECT_EQ(half.start[0], 9);
    expect_near(weights_of(half, 0), {-1 / 16.0, 9 / 16.0, 9 / 16.0, -1 / 16.0});
    const AxisTable quarter = make_axis_table(Resampling::Cubic, 0, 1, 100, 1, false, linear(1, 10.25));
    expect_near(weights_of(quarter, 0), {-9 / 128.0, 111 / 128.0, 29 / 128.0, -3 / 128.0});
}

TEST(AxisTable, AverageWeighsPixelsByWhatIsCovered)
{
    // From 0.25 to 2.5 and from 2.5 to 4.75.
    const AxisTable table = make_axis_table(Resampling::Average, 0, 2, 100, 1 / 2.25, true, linear(2.25, 0.25));
    EXPECT_EQ(table.start, (std::vector<std::int64_t>{0, 2}));
    expect_near(weights_of(table, 0), {0.75 / 2.25, 1 / 2.25, 0.5 / 2.25});
    expect_near(weights_of(table, 1), {0.5 / 2.25, 1 / 2.25, 0.75 / 2.25});
}

TEST(AxisTable, AverageOverAWholeParallelHasNoSeam)
{
    // 8 pixels around the world, an output pixel for each, cut in the middle of the output.
    const AxisMapping around = [](std::vector<double> &positions)
    {
        for (double &each : positions)
        {
            each = std::fmod(each + 4, 8);
        }
    };
    const AxisTable table = make_axis_table(Resampling::Average, 0, 8, 8, 1, false, around);
    EXPECT_EQ(table.start, (std::vector<std::int64_t>{4, 5, 6, 7, 0, 1, 2, 3}));
    EXPECT_EQ(table.inside, std::vector<unsigned char>(8, 1));
}

TEST(AxisTable, AnOutputPixelIsMadeOnlyWhereItsCentreFallsOnTheInput)
{
    // Centres at -0.25, 0.25, ..., 1.75, 2.25.
    const AxisTable table = make_axis_table(Resampling::Bilinear, 0, 6, 2, 2, false, linear(0.5, -0.5));
    EXPECT_EQ(table.inside, (std::vector<unsigned char>{0, 1, 1, 1, 1, 0}));
    EXPECT_EQ(table.start[1], -1) << "taps may lie outside";
}

TEST(AxisTable, PositionsThatAreNotNumbersAreNotInside)
{
    const AxisMapping nowhere = [](std::vector<double> &positions)
    {
        for (std::size_t i = 0; i < positions.size(); ++i)
        {
            positions[i] =
                i % 2 == 0 ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity();
        }
    };
    for (const Resampling each : {Resampling::Nearest, Resampling::Bilinear, Resampling::Cubic, Resampling::Average})
    {
        const AxisTable table = make_axis_table(each, 0, 4, 10, 1, false, nowhere);
        EXPECT_EQ(table.inside, std::vector<unsigned char>(4, 0)) << name(each);
    }
}

TEST(AxisTable, WeightsSumToOne)
{
    for (const Resampling each : {Resampling::Nearest, Resampling::Bilinear, Resampling::Cubic, Resampling::Average})
    {
        for (const double scale : {0.07, 0.31, 0.94, 1.0, 1.7})
        {
            const AxisTable table = make_axis_table(each, 0, 50, 1000, scale, scale < 0.95, linear(1 / scale, 7.3));
            for (std::int64_t i = 0; i < table.size(); ++i)
            {
                double sum = 0;
                for (const double weight : weights_of(table, i))
                {
                    sum += weight;
                }
                EXPECT_NEAR(sum, 1, 1e-12) << name(each) << " " << scale << " " << i;
            }
        }
    }
}

TEST(AxisTable, DoesNotDependOnWhereItBegins)
{
    for (const Resampling each : {Resampling::Nearest, Resampling::Bilinear, Resampling::Cubic, Resampling::Average})
    {
        const auto table_of = [&](std::int64_t first, std::int64_t count)
        { return make_axis_table(each, first, count, 500, 0.37, true, linear(1 / 0.37, -2000.1)); };
        const AxisTable whole = table_of(700, 250);
        const AxisTable part = table_of(777, 31);
        ASSERT_EQ(part.stride, whole.stride);
        for (std::int64_t i = 0; i < part.size(); ++i)
        {
            ASSERT_EQ(part.inside[i], whole.inside[i + 77]);
            if (part.inside[i])
            {
                EXPECT_EQ(part.start[i], whole.start[i + 77]);
                EXPECT_EQ(weights_of(part, i), weights_of(whole, i + 77));
            }
        }
    }
}

TEST(AxisTable, RefusesKernelsThatAreNotMadeOfTwoAxes)
{
    EXPECT_THROW(make_axis_table(Resampling::Mode, 0, 1, 10, 1, false, linear(1, 0)), InputError);
}

TEST(AxisStretches, LeaveOutWhatIsNotInside)
{
    const AxisTable table = make_axis_table(Resampling::Bilinear, 0, 6, 2, 2, false, linear(0.5, -0.5));
    const std::vector<AxisStretch> found = stretches(table, 1000);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].first, 1);
    EXPECT_EQ(found[0].size, 4);
    EXPECT_EQ(found[0].input_first, -1);
    EXPECT_EQ(found[0].input_size, 4);
}

TEST(AxisStretches, EndBeforeTheInputGrowsTooLarge)
{
    const AxisTable table = make_axis_table(Resampling::Nearest, 0, 10, 10, 1, false, linear(1, 0));
    const std::vector<AxisStretch> found = stretches(table, 4);
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].size, 4);
    EXPECT_EQ(found[1].size, 4);
    EXPECT_EQ(found[2].size, 2);
    EXPECT_EQ(found[2].input_first, 8);
    EXPECT_EQ(stretches(table, 0).size(), 10U) << "a single output pixel always has its input";
}

TEST(AxisStretches, EndWhereTheMappingJumpsBack)
{
    const AxisMapping around = [](std::vector<double> &positions)
    {
        for (double &each : positions)
        {
            each = std::fmod(each + 7, 10);
        }
    };
    const AxisTable table = make_axis_table(Resampling::Nearest, 0, 6, 10, 1, false, around);
    const std::vector<AxisStretch> found = stretches(table, 1000);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].size, 3);
    EXPECT_EQ(found[0].input_first, 7);
    EXPECT_EQ(found[1].first, 3);
    EXPECT_EQ(found[1].input_first, 0);
}
