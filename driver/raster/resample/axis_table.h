// One axis of a separable resampling: for each output pixel, which input pixels it takes and with what weights.
#pragma once

#include "driver/raster/resample/resampling.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace tiledir::raster
{

/// Input pixels that an output pixel takes, and their weights.
struct Taps
{
    std::int64_t start = 0;
    int count = 0;
    const double *weights = nullptr;
};

/// Taps of output pixels [first, first + size). What an output pixel has does not depend on which others are here.
struct AxisTable
{
    std::int64_t first = 0;            ///< first output pixel
    int stride = 0;                    ///< weights kept for each output pixel, at least its count; the rest is 0
    std::vector<std::int64_t> start;   ///< first input pixel of each output pixel; may lie outside the input
    std::vector<int> count;            ///< input pixels that each output pixel takes
    std::vector<double> weights;       ///< size() * stride; those of an output pixel sum to 1
    std::vector<double> position;      ///< of the output pixel's centre, in input pixels; none for average
    std::vector<std::int64_t> centre;  ///< input pixel under the output pixel's centre; for average the first one taken
    std::vector<unsigned char> inside; ///< 1 where the output pixel is made at all; else nothing above holds

    std::int64_t size() const { return static_cast<std::int64_t>(start.size()); }
    Taps taps(std::int64_t output) const { return {start[output], count[output], weights.data() + output * stride}; }
};

/// Turns output positions (pixels, 0 at the first pixel's outer edge) into input positions (the same, input pixels),
/// in place; NaN or infinity where there is none.
using AxisMapping = std::function<void(std::vector<double> &positions)>;

/// Table for output pixels [first, first + count) over an input of `input_size` pixels, for nearest, bilinear, cubic
/// and average; throws InputError for others.
/// `scale` is GDAL's XSCALE or YSCALE: output pixels per input pixel, below 1 when downsampling (widens the kernel).
/// Agrees with GDAL's warper, which uses kernels of plain width where both scales are 0.95 or more: `widen` says
/// that the kernel is to be widened (either axis is below 0.95). `turn` is not 0 where the input reaches around the
/// globe: so many pixels then follow on its last one, from its first one on.
AxisTable make_axis_table(Resampling resampling, std::int64_t first, std::int64_t count, std::int64_t input_size,
                          double scale, bool widen, const AxisMapping &mapping, std::int64_t turn = 0);

/// Consecutive output pixels of a table, all inside, and the input pixels that they take (which may reach beyond the
/// input).
struct AxisStretch
{
    std::int64_t first = 0; ///< index into the table
    std::int64_t size = 0;
    std::int64_t input_first = 0;
    std::int64_t input_size = 0;
};

/// All output pixels that are inside, from the first to the last. A stretch ends where the input would grow beyond
/// `max_input` pixels (a single output pixel may need more) and where the mapping jumps back (antimeridian).
std::vector<AxisStretch> stretches(const AxisTable &table, std::int64_t max_input);

} // namespace tiledir::raster
