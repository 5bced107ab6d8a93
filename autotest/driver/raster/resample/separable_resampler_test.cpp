#include "driver/raster/resample/separable_resampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

using namespace tiledir;
using namespace tiledir::raster;

namespace
{

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
using Order = SeparableResampler::Order;

/// A resampling of the same kind along both axes; input position = output position / scale + offset.
struct Scene
{
    Resampling resampling = Resampling::Bilinear;
    double scale = 1.4;
    double offset = 0.2;
    int input_size = 40;

    bool widen() const { return scale < 0.95; }
    AxisTable table(std::int64_t first, std::int64_t count) const
    {
        return make_axis_table(resampling, first, count, input_size, scale, widen(),
                               [this](std::vector<double> &positions)
                               {
                                   for (double &each : positions)
                                   {
                                       each = each / scale + offset;
                                   }
                               });
    }
};

PixelBlock random_input(int size, int bands = 1)
{
    PixelBlock block(size, size, bands, GDT_Float32);
    std::mt19937 random(7);
    for (int band = 0; band < bands; ++band)
    {
        for (int row = 0; row < size; ++row)
        {
            for (int col = 0; col < size; ++col)
            {
                block.row<float>(band, row)[col] = static_cast<float>(random() % 30000) / 10;
            }
        }
    }
    return block;
}

/// The input pixels of two stretches, NaN outside.
PixelBlock cut(const PixelBlock &input, const AxisStretch &columns, const AxisStretch &rows)
{
    PixelBlock part(static_cast<int>(columns.input_size), static_cast<int>(rows.input_size), input.bands(),
                    input.type());
    part.fill(kNan);
    for (int row = 0; row < part.height(); ++row)
    {
        for (int col = 0; col < part.width(); ++col)
        {
            const std::int64_t input_row = rows.input_first + row;
            const std::int64_t input_col = columns.input_first + col;
            if (input_row >= 0 && input_row < input.height() && input_col >= 0 && input_col < input.width())
            {
                part.paste(input, static_cast<int>(input_col), static_cast<int>(input_row), 1, 1, col, row);
            }
        }
    }
    return part;
}

struct Window
{
    std::int64_t col = 0;
    std::int64_t row = 0;
    int width = 0;
    int height = 0;
};

PixelBlock resampled(const Scene &scene, const PixelBlock &input, Order order, const Window &window,
                     std::int64_t max_rows = 1000)
{
    const AxisTable columns = scene.table(window.col, window.width);
    const AxisTable rows = scene.table(window.row, window.height);
    PixelBlock into(window.width, window.height, input.bands(), input.type());
    into.fill(kNan);
    SeparableResampler resampler(gap_rule(scene.resampling, scene.widen()), order);
    for (const AxisStretch &column_stretch : stretches(columns, 1000))
    {
        for (const AxisStretch &row_stretch : stretches(rows, max_rows))
        {
            resampler.resample(cut(input, column_stretch, row_stretch), columns, column_stretch, rows, row_stretch,
                               into);
        }
    }
    return into;
}

/// By definition: the weighted mean of the valid pixels, nothing where the one under the centre is not valid.
double by_definition(const Scene &scene, const PixelBlock &input, int col, int row)
{
    const AxisTable columns = scene.table(col, 1);
    const AxisTable rows = scene.table(row, 1);
    const auto pixel = [&](std::int64_t input_col, std::int64_t input_row)
    {
        const bool inside = input_col >= 0 && input_row >= 0 && input_col < input.width() && input_row < input.height();
        return inside ? input.row<float>(0, static_cast<int>(input_row))[input_col] : kNan;
    };
    if (!columns.inside[0] || !rows.inside[0])
    {
        return kNan;
    }
    if (scene.resampling != Resampling::Average && std::isnan(pixel(columns.centre[0], rows.centre[0])))
    {
        return kNan;
    }
    long double sum = 0;
    long double weight = 0;
    for (int k = 0; k < rows.count[0]; ++k)
    {
        for (int i = 0; i < columns.count[0]; ++i)
        {
            const float value = pixel(columns.start[0] + i, rows.start[0] + k);
            const long double each = static_cast<long double>(columns.weights[i]) * rows.weights[k];
            sum += std::isnan(value) ? 0 : each * value;
            weight += std::isnan(value) ? 0 : each;
        }
    }
    return weight > 0 ? static_cast<double>(sum / weight) : kNan;
}

void expect_same_bits(const PixelBlock &one, const PixelBlock &other)
{
    ASSERT_EQ(one.size(), other.size());
    EXPECT_EQ(std::memcmp(one.data(), other.data(), one.size()), 0);
}

std::vector<Scene> all_scenes()
{
    std::vector<Scene> scenes;
    for (const Resampling each : {Resampling::Nearest, Resampling::Bilinear, Resampling::Cubic, Resampling::Average})
    {
        for (const double scale : {0.13, 0.6, 1.0, 1.4, 3.3})
        {
            scenes.push_back({each, scale, 0.2, 40});
        }
    }
    return scenes;
}

/// Output pixels of the scene, and some beyond the input.
Window whole(const Scene &scene)
{
    const int size = static_cast<int>(scene.input_size * scene.scale) + 6;
    return {-3, -3, size, size};
}

} // namespace

TEST(SeparableResampler, IsTheWeightedMeanOverBothAxesInEitherOrder)
{
    PixelBlock input = random_input(40);
    input.row<float>(0, 11)[13] = kNan;
    input.row<float>(0, 12)[13] = kNan;
    input.row<float>(0, 30)[2] = kNan;
    for (const Scene &scene : all_scenes())
    {
        if (scene.resampling == Resampling::Cubic && !scene.widen())
        {
            continue; // has a rule of its own at gaps
        }
        for (const Order order : {Order::ColumnsFirst, Order::RowsFirst})
        {
            const Window window = whole(scene);
            const PixelBlock output = resampled(scene, input, order, window);
            for (int row = 0; row < window.height; ++row)
            {
                for (int col = 0; col < window.width; ++col)
                {
                    const auto expected = static_cast<float>(by_definition(scene, input, col - 3, row - 3));
                    const float actual = output.row<float>(0, row)[col];
                    ASSERT_EQ(std::isnan(actual), std::isnan(expected))
                        << name(scene.resampling) << " " << scene.scale << " " << col << " " << row;
                    if (!std::isnan(expected))
                    {
                        ASSERT_NEAR(actual, expected, 1e-6 * std::abs(expected));
                    }
                }
            }
        }
    }
}

TEST(SeparableResampler, PlainCubicIsBilinearOverTheValidFourWhereATapIsMissing)
{
    // Output pixel 20 has its centre at input position 20.75: bilinear takes pixels 20 and 21 by 3/4 and 1/4.
    const Scene scene{Resampling::Cubic, 1, 0.25, 40};
    PixelBlock input(40, 40, 1, GDT_Float32);
    input.fill(5);
    const float values[2][2] = {{100, 140}, {300, 500}};
    for (int row = 0; row < 2; ++row)
    {
        for (int col = 0; col < 2; ++col)
        {
            input.row<float>(0, 20 + row)[20 + col] = values[row][col];
        }
    }
    input.row<float>(0, 22)[19] = kNan; // one of the sixteen, not of the four
    const Window window{20, 20, 1, 1};
    const PixelBlock around = resampled(scene, input, Order::ColumnsFirst, window);
    EXPECT_FLOAT_EQ(around.row<float>(0, 0)[0], (9 * 100 + 3 * 140 + 3 * 300 + 500) / 16.0F);

    input.row<float>(0, 21)[21] = kNan; // one of the four
    const PixelBlock beside = resampled(scene, input, Order::ColumnsFirst, window);
    EXPECT_FLOAT_EQ(beside.row<float>(0, 0)[0], (9 * 100 + 3 * 140 + 3 * 300) / 15.0F);

    input.row<float>(0, 20)[20] = kNan; // the one under the centre
    const PixelBlock under = resampled(scene, input, Order::ColumnsFirst, window);
    EXPECT_TRUE(std::isnan(under.row<float>(0, 0)[0]));
}

TEST(SeparableResampler, AGapChangesNoPixelThatDoesNotTouchIt)
{
    const PixelBlock complete = random_input(40);
    PixelBlock gap = complete;
    gap.row<float>(0, 20)[20] = kNan;
    for (const Scene &scene : all_scenes())
    {
        const Window window = whole(scene);
        const PixelBlock one = resampled(scene, complete, Order::ColumnsFirst, window);
        const PixelBlock other = resampled(scene, gap, Order::ColumnsFirst, window);
        const AxisTable table = scene.table(window.col, window.width);
        const auto touches = [&](int output)
        {
            const Taps taps = table.taps(output);
            return table.inside[output] && taps.start <= 20 && 20 < taps.start + taps.count;
        };
        for (int row = 0; row < window.height; ++row)
        {
            for (int col = 0; col < window.width; ++col)
            {
                if (!touches(col) || !touches(row))
                {
                    // The bits, so that NaN equals NaN. NOLINTNEXTLINE(bugprone-suspicious-memory-comparison)
                    ASSERT_EQ(std::memcmp(one.row<float>(0, row) + col, other.row<float>(0, row) + col, 4), 0)
                        << name(scene.resampling) << " " << scene.scale << " " << col << " " << row;
                }
            }
        }
    }
}

TEST(SeparableResampler, GivesTheSameBitsInAnyWindow)
{
    PixelBlock input = random_input(40);
    input.row<float>(0, 20)[20] = kNan;
    for (const Scene &scene : all_scenes())
    {
        for (const Order order : {Order::ColumnsFirst, Order::RowsFirst})
        {
            const Window window = whole(scene);
            const PixelBlock once = resampled(scene, input, order, window);
            expect_same_bits(once, resampled(scene, input, order, window, 5));
            PixelBlock pieces(window.width, window.height, 1, GDT_Float32);
            constexpr int kPiece = 7;
            for (int row = 0; row < window.height; row += kPiece)
            {
                for (int col = 0; col < window.width; col += kPiece)
                {
                    const int width = std::min(kPiece, window.width - col);
                    const int height = std::min(kPiece, window.height - row);
                    const PixelBlock piece =
                        resampled(scene, input, order, {window.col + col, window.row + row, width, height});
                    pieces.paste(piece, 0, 0, width, height, col, row);
                }
            }
            expect_same_bits(once, pieces);
        }
    }
}

TEST(SeparableResampler, WidthsBeyondItsStripsMakeNoDifference)
{
    const Scene wide{Resampling::Bilinear, 1.7, 0.2, 1500};
    const PixelBlock input = random_input(1500);
    const PixelBlock whole = resampled(wide, input, Order::ColumnsFirst, {10, 10, 2400, 3}, 1000);
    const PixelBlock end = resampled(wide, input, Order::ColumnsFirst, {2010, 10, 400, 3}, 1000);
    PixelBlock cut_end(400, 3, 1, GDT_Float32);
    cut_end.paste(whole, 2000, 0, 400, 3, 0, 0);
    expect_same_bits(end, cut_end);
}

TEST(SeparableResampler, KeepsBandsApart)
{
    PixelBlock input = random_input(40, 2);
    for (int col = 0; col < 40; ++col)
    {
        input.row<float>(1, 10)[col] = kNan;
    }
    const Scene scene;
    const Window window = whole(scene);
    const PixelBlock both = resampled(scene, input, Order::ColumnsFirst, window);
    const PixelBlock first = resampled(scene, random_input(40), Order::ColumnsFirst, window);
    EXPECT_EQ(std::memcmp(both.data(0), first.data(0), first.band_size()), 0);
    const int row = static_cast<int>((10.5 - scene.offset) * scene.scale) + 3;
    EXPECT_TRUE(std::isnan(both.row<float>(1, row)[20]));
}

TEST(SeparableResampler, KeepsDoublePrecision)
{
    PixelBlock input(40, 40, 1, GDT_Float64);
    input.fill(1e9);
    input.row<double>(0, 20)[20] = 1e9 + 0.5;
    const Scene scene{Resampling::Bilinear, 1, 0, 40};
    const PixelBlock output = resampled(scene, input, Order::ColumnsFirst, {20, 20, 1, 1});
    EXPECT_EQ(output.row<double>(0, 0)[0], 1e9 + 0.5);
}

TEST(SeparableResampler, NothingComesOfNothing)
{
    PixelBlock input(40, 40, 1, GDT_Float32);
    input.fill(kNan);
    for (const Scene &scene : all_scenes())
    {
        EXPECT_TRUE(resampled(scene, input, Order::ColumnsFirst, whole(scene)).all_equal(kNan));
    }
}
