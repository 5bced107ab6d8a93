#include "driver/raster/resample/separable_resampler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

namespace tiledir::raster
{

namespace
{

/// Output columns worked on together: what they need stays in the first-level cache.
constexpr int kStrip = 1024;
/// Taps summed in one go; sums of more are kept in memory between.
constexpr int kGroup = 4;

/// Taps of output columns, tap-major.
struct ColumnTaps
{
    int taps = 0;
    std::int64_t pitch = 0; ///< from one tap to the next
    const std::int32_t *offsets = nullptr;
    const double *weights = nullptr;

    ColumnTaps group(int first, int count) const
    {
        return {count, pitch, offsets + first * pitch, weights + first * pitch};
    }
    ColumnTaps from(int column) const { return {taps, pitch, offsets + column, weights + column}; }
};

/// Sums of the first taps (null: none) and `Count` more.
template <int Count, class From, class To>
void add_columns(const From *input, const ColumnTaps &columns, int size, const double *sums, To *__restrict__ output)
{
    for (int i = 0; i < size; ++i)
    {
        double sum = sums == nullptr ? 0 : sums[i];
        for (int k = 0; k < Count; ++k)
        {
            const std::int64_t tap = k * columns.pitch + i;
            sum += columns.weights[tap] * static_cast<double>(input[columns.offsets[tap]]);
        }
        output[i] = static_cast<To>(sum);
    }
}

/// Sums rows: each tap is a row, and its weight that of all columns.
template <int Count, class From, class To>
void add_rows(const From *const *rows, const double *weights, int begin, int size, const double *sums,
              To *__restrict__ output)
{
    for (int i = 0; i < size; ++i)
    {
        double sum = sums == nullptr ? 0 : sums[i];
        for (int k = 0; k < Count; ++k)
        {
            sum += weights[k] * static_cast<double>(rows[k][begin + i]);
        }
        output[i] = static_cast<To>(sum);
    }
}

/// Calls step(first, count, sums, output) for groups of taps, the last with the output itself; count is a constant.
template <class To, class Step> void in_groups(int taps, To *output, const Step &step)
{
    double sums[2][kStrip];
    const double *before = nullptr;
    int first = 0;
    for (int turn = 0; taps - first > kGroup; first += kGroup, turn = 1 - turn)
    {
        step(first, std::integral_constant<int, kGroup>(), before, sums[turn]);
        before = sums[turn];
    }
    switch (taps - first)
    {
    case 1:
        return step(first, std::integral_constant<int, 1>(), before, output);
    case 2:
        return step(first, std::integral_constant<int, 2>(), before, output);
    case 3:
        return step(first, std::integral_constant<int, 3>(), before, output);
    default:
        return step(first, std::integral_constant<int, kGroup>(), before, output);
    }
}

template <class From, class To> void weigh_columns(const From *input, const ColumnTaps &columns, int size, To *output)
{
    for (int begin = 0; begin < size; begin += kStrip)
    {
        const int strip = std::min(kStrip, size - begin);
        const ColumnTaps here = columns.from(begin);
        in_groups(columns.taps, output + begin,
                  [&](int first, auto count, const double *sums, auto *into)
                  { add_columns<count>(input, here.group(first, count), strip, sums, into); });
    }
}

template <class From, class To>
void weigh_rows(const From *const *rows, const double *weights, int taps, int size, To *output)
{
    for (int begin = 0; begin < size; begin += kStrip)
    {
        const int strip = std::min(kStrip, size - begin);
        in_groups(taps, output + begin,
                  [&](int first, auto count, const double *sums, auto *into)
                  { add_rows<count>(rows + first, weights + first, begin, strip, sums, into); });
    }
}

template <class T> int count_gaps(const T *pixels, int size)
{
    int count = 0;
    for (int i = 0; i < size; ++i)
    {
        count += pixels[i] != pixels[i] ? 1 : 0;
    }
    return count;
}

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

/// Weights of the four-sample bilinear formula along one axis.
struct Pair
{
    double weights[2];
    Taps taps;

    explicit Pair(double position)
    {
        const double centre = position - 0.5;
        const double first = std::floor(centre);
        weights[0] = 1 - (centre - first);
        weights[1] = centre - first;
        taps = {static_cast<std::int64_t>(first), 2, weights};
    }
};

} // namespace

GapRule gap_rule(Resampling resampling, bool widen)
{
    const bool average = resampling == Resampling::Average;
    return {!average, resampling == Resampling::Cubic && !widen, average ? 0 : 1e-6};
}

/// Resampling of one band.
template <class T> struct SeparableResampler::Job
{
    const AxisTable &columns;
    const AxisStretch &column_stretch;
    const AxisTable &rows;
    const AxisStretch &row_stretch;
    const PixelBlock &input;
    PixelBlock &into;
    int band;

    const T *input_row(std::int64_t row) const
    {
        return input.row<T>(band, static_cast<int>(row - row_stretch.input_first));
    }
    T *output_row(std::int64_t row) const { return into.row<T>(band, static_cast<int>(row)) + column_stretch.first; }
    bool valid(std::int64_t col, std::int64_t row) const
    {
        return !std::isnan(input_row(row)[col - column_stretch.input_first]);
    }
    /// The weighted mean of the valid taps.
    double mean(const Taps &column_taps, const Taps &row_taps, double least_weight) const
    {
        double sum = 0;
        double weight = 0;
        for (int k = 0; k < row_taps.count; ++k)
        {
            const T *pixels = input_row(row_taps.start + k) + (column_taps.start - column_stretch.input_first);
            for (int i = 0; i < column_taps.count; ++i)
            {
                const double each = row_taps.weights[k] * column_taps.weights[i];
                if (!std::isnan(pixels[i]))
                {
                    sum += each * static_cast<double>(pixels[i]);
                    weight += each;
                }
            }
        }
        return weight > least_weight ? sum / weight : kNothing;
    }
    double pixel_at_gap(std::int64_t col, std::int64_t row, const GapRule &rule) const
    {
        if (rule.centre_needed && !valid(columns.centre[col], rows.centre[row]))
        {
            return kNothing;
        }
        if (rule.bilinear)
        {
            return mean(Pair(columns.position[col]).taps, Pair(rows.position[row]).taps, rule.least_weight);
        }
        return mean(columns.taps(col), rows.taps(row), rule.least_weight);
    }
};

void SeparableResampler::prepare_columns(const AxisTable &columns, const AxisStretch &stretch)
{
    m_taps = columns.stride;
    m_offsets.resize(stretch.size * m_taps);
    m_weights.resize(stretch.size * m_taps);
    for (std::int64_t i = 0; i < stretch.size; ++i)
    {
        const Taps taps = columns.taps(stretch.first + i);
        for (int k = 0; k < m_taps; ++k)
        {
            // Taps of no weight look at the last pixel that counts: NaN comes from nowhere else.
            const std::int64_t input = taps.start + std::min(k, taps.count - 1) - stretch.input_first;
            m_offsets[k * stretch.size + i] = static_cast<std::int32_t>(input);
            m_weights[k * stretch.size + i] = taps.weights[k];
        }
    }
}

/// Each input row is resampled along its columns once, then output rows are sums of these.
template <class T> void SeparableResampler::columns_first(const Job<T> &job)
{
    const std::int64_t width = job.column_stretch.size;
    const int slots = job.rows.stride;
    m_lines.resize(static_cast<std::size_t>(slots) * kStrip);
    std::vector<const double *> lines(slots);
    for (std::int64_t first = 0; first < width; first += kStrip)
    {
        const int size = static_cast<int>(std::min<std::int64_t>(kStrip, width - first));
        const ColumnTaps columns{m_taps, width, m_offsets.data() + first, m_weights.data() + first};
        m_line_rows.assign(slots, -1);
        for (std::int64_t row = job.row_stretch.first; row < job.row_stretch.first + job.row_stretch.size; ++row)
        {
            const Taps taps = job.rows.taps(row);
            for (int k = 0; k < taps.count; ++k)
            {
                const std::int64_t input = taps.start + k - job.row_stretch.input_first;
                const auto slot = static_cast<std::size_t>(input % slots);
                double *line = m_lines.data() + slot * kStrip;
                if (m_line_rows[slot] != input)
                {
                    weigh_columns(job.input_row(taps.start + k), columns, size, line);
                    m_line_rows[slot] = input;
                }
                lines[k] = line;
            }
            weigh_rows(lines.data(), taps.weights, taps.count, size, job.output_row(row) + first);
        }
    }
}

/// Input rows are summed for each output row, then resampled along its columns.
template <class T> void SeparableResampler::rows_first(const Job<T> &job)
{
    const int input_width = job.input.width();
    m_lines.resize(input_width);
    const ColumnTaps columns{m_taps, job.column_stretch.size, m_offsets.data(), m_weights.data()};
    std::vector<const T *> inputs(job.rows.stride);
    for (std::int64_t row = job.row_stretch.first; row < job.row_stretch.first + job.row_stretch.size; ++row)
    {
        const Taps taps = job.rows.taps(row);
        for (int k = 0; k < taps.count; ++k)
        {
            inputs[k] = job.input_row(taps.start + k);
        }
        weigh_rows(inputs.data(), taps.weights, taps.count, input_width, m_lines.data());
        weigh_columns(m_lines.data(), columns, static_cast<int>(job.column_stretch.size), job.output_row(row));
    }
}

template <class T> void SeparableResampler::run(const Job<T> &job)
{
    const int input_width = job.input.width();
    std::int64_t gaps = 0;
    m_gaps_in_row.resize(job.input.height());
    for (int row = 0; row < job.input.height(); ++row)
    {
        const int found = count_gaps(job.input.template row<T>(job.band, row), input_width);
        m_gaps_in_row[row] = found != 0;
        gaps += found;
    }
    const std::int64_t width = job.column_stretch.size;
    const std::int64_t end = job.row_stretch.first + job.row_stretch.size;
    if (gaps == static_cast<std::int64_t>(input_width) * job.input.height())
    {
        for (std::int64_t row = job.row_stretch.first; row < end; ++row)
        {
            std::fill_n(job.output_row(row), width, static_cast<T>(kNothing));
        }
        return;
    }
    m_order == Order::ColumnsFirst ? columns_first(job) : rows_first(job);
    if (gaps > 0)
    {
        fill_gaps(job);
    }
}

/// What a tap that is not valid has touched is NaN: these pixels are made again, one by one.
template <class T> void SeparableResampler::fill_gaps(const Job<T> &job)
{
    const std::int64_t first_row = job.row_stretch.first;
    for (std::int64_t row = first_row; row < first_row + job.row_stretch.size; ++row)
    {
        const Taps taps = job.rows.taps(row);
        const auto first = m_gaps_in_row.begin() + (taps.start - job.row_stretch.input_first);
        if (std::find(first, first + taps.count, 1) == first + taps.count)
        {
            continue;
        }
        T *pixels = job.output_row(row);
        for (std::int64_t col = 0; col < job.column_stretch.size; ++col)
        {
            if (std::isnan(pixels[col]))
            {
                pixels[col] = static_cast<T>(job.pixel_at_gap(job.column_stretch.first + col, row, m_gaps));
            }
        }
    }
}

void SeparableResampler::resample(const PixelBlock &input, const AxisTable &columns, const AxisStretch &column_stretch,
                                  const AxisTable &rows, const AxisStretch &row_stretch, PixelBlock &into)
{
    prepare_columns(columns, column_stretch);
    for (int band = 0; band < input.bands(); ++band)
    {
        if (into.type() == GDT_Float64)
        {
            run(Job<double>{columns, column_stretch, rows, row_stretch, input, into, band});
        }
        else
        {
            run(Job<float>{columns, column_stretch, rows, row_stretch, input, into, band});
        }
    }
}

} // namespace tiledir::raster
