// Resamples pixels along columns and rows by two tables, as GDAL's warper would with one kernel in two dimensions.
#pragma once

#include "driver/raster/pixels/pixel_block.h"
#include "driver/raster/resample/axis_table.h"

#include <cstdint>
#include <vector>

namespace tiledir::raster
{

/// What an output pixel gets whose taps are not all valid (NaN, or beyond the input).
struct GapRule
{
    /// Nothing where the input pixel under its centre is not valid.
    bool centre_needed = true;
    /// The four-sample bilinear formula over the valid ones, in place of the kernel (plain cubic).
    bool bilinear = false;
    /// Nothing where the valid ones weigh no more than this (negative weights may leave next to nothing).
    double least_weight = 0;
};
GapRule gap_rule(Resampling resampling, bool widen);

/// Sums in double precision, tap after tap in one order: a pixel's bits depend on its taps alone, not on the window.
/// Holds working memory only: one a thread.
class SeparableResampler
{
public:
    enum class Order
    {
        ColumnsFirst, ///< fewer operations where rows are upsampled
        RowsFirst
    };

    SeparableResampler(const GapRule &gaps, Order order)
        : m_gaps(gaps)
        , m_order(order)
    {
    }

    /// Sets the pixels of `into` that a stretch of columns and a stretch of rows have in common; pixel (0, 0) of
    /// `into` is the first of both tables. `input` is exactly the input pixels of the stretches, NaN beyond the
    /// mosaic. Both are Float32 or both Float64, with as many bands.
    void resample(const PixelBlock &input, const AxisTable &columns, const AxisStretch &column_stretch,
                  const AxisTable &rows, const AxisStretch &row_stretch, PixelBlock &into);

private:
    template <class T> struct Job;
    template <class T> void run(const Job<T> &job);
    template <class T> void columns_first(const Job<T> &job);
    template <class T> void rows_first(const Job<T> &job);
    template <class T> void fill_gaps(const Job<T> &job);
    void prepare_columns(const AxisTable &columns, const AxisStretch &stretch);

    GapRule m_gaps;
    Order m_order;
    int m_taps = 0;                           ///< of each column
    std::vector<std::int32_t> m_offsets;      ///< tap after tap: input column of each output column, in the block
    std::vector<double> m_weights;            ///< likewise
    std::vector<double> m_lines;              ///< rows resampled along one axis
    std::vector<std::int64_t> m_line_rows;    ///< which input row each line of m_lines is
    std::vector<unsigned char> m_gaps_in_row; ///< does an input row have pixels that are not valid
};

} // namespace tiledir::raster
