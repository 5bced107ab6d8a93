#include "driver/raster/resample/axis_table.h"

#include "stac/error.h"

#include <algorithm>
#include <cmath>

namespace tiledir::raster
{

namespace
{

/// A position this near a pixel's edge counts as on it, as in GDAL's warper.
constexpr double kOnEdge = 1e-10;

using KernelFunction = double (*)(double);

double triangle(double x)
{
    return std::max(0.0, 1 - std::abs(x));
}

/// Keys' cubic convolution with a = -0.5 (Catmull-Rom).
double catmull_rom(double x)
{
    const double distance = std::abs(x);
    if (distance <= 1)
    {
        return (1.5 * distance - 2.5) * distance * distance + 1;
    }
    return distance < 2 ? ((-0.5 * distance + 2.5) * distance - 4) * distance + 2 : 0;
}

std::vector<double> mapped(std::int64_t first, std::int64_t count, double offset, const AxisMapping &mapping)
{
    std::vector<double> positions(count);
    for (std::int64_t i = 0; i < count; ++i)
    {
        positions[i] = static_cast<double>(first + i) + offset;
    }
    mapping(positions);
    return positions;
}

void set_size(AxisTable &table, std::int64_t size, int stride)
{
    table.stride = stride;
    table.start.resize(size);
    table.count.resize(size);
    table.weights.resize(size * stride);
    table.centre.resize(size);
    table.inside.resize(size);
}

void normalise(double *weights, int count)
{
    double sum = 0;
    for (int i = 0; i < count; ++i)
    {
        sum += weights[i];
    }
    for (int i = 0; i < count; ++i)
    {
        weights[i] /= sum;
    }
}

/// Sets what an output pixel has from its centre; false where that lies beside the input.
bool place_centre(AxisTable &table, std::int64_t output, std::int64_t input_size)
{
    const double position = table.position[output];
    const bool inside = position >= 0 && position + kOnEdge <= static_cast<double>(input_size);
    table.inside[output] = inside;
    if (inside)
    {
        table.centre[output] = std::min(static_cast<std::int64_t>(position + kOnEdge), input_size - 1);
    }
    return inside;
}

void fill_nearest(AxisTable &table, std::int64_t input_size)
{
    set_size(table, static_cast<std::int64_t>(table.position.size()), 1);
    for (std::int64_t i = 0; i < table.size(); ++i)
    {
        if (place_centre(table, i, input_size))
        {
            table.start[i] = table.centre[i];
            table.count[i] = 1;
            table.weights[i] = 1;
        }
    }
}

/// `stretch` is at most 1: the kernel reaches `radius` / `stretch` input pixels to each side.
void fill_kernel(AxisTable &table, std::int64_t input_size, KernelFunction kernel, int radius, double stretch)
{
    const double reach = radius / stretch;
    set_size(table, static_cast<std::int64_t>(table.position.size()), static_cast<int>(std::ceil(2 * reach)));
    for (std::int64_t i = 0; i < table.size(); ++i)
    {
        if (!place_centre(table, i, input_size))
        {
            continue;
        }
        const double centre = table.position[i] - 0.5;
        const auto start = static_cast<std::int64_t>(std::floor(centre - reach)) + 1;
        double *weights = table.weights.data() + i * table.stride;
        table.start[i] = start;
        table.count[i] = table.stride;
        for (int k = 0; k < table.stride; ++k)
        {
            weights[k] = kernel((static_cast<double>(start + k) - centre) * stretch);
        }
        normalise(weights, table.stride);
    }
}

/// The part of the input that an output pixel covers, as GDAL's warper finds it. Beside the input it takes the
/// outermost pixel before the first, and none after the last; a pixel cut by the input's edge weighs as much as
/// what it covers beyond the edge.
struct Cover
{
    double begin = 0;
    double end = 0;
    std::int64_t first = 0;
    std::int64_t last = 0; ///< one after the last

    Cover(double from, double to, std::int64_t input_size)
        : begin(from)
        , end(to)
    {
        const auto size = static_cast<double>(input_size);
        first = static_cast<std::int64_t>(std::clamp(std::floor(begin + kOnEdge), 0.0, size));
        last = static_cast<std::int64_t>(std::min(std::ceil(end - kOnEdge), size));
        if (first == last && last < input_size)
        {
            ++last;
        }
    }

    int count() const { return static_cast<int>(std::max<std::int64_t>(0, last - first)); }

    double weight(std::int64_t input) const
    {
        if (input == first)
        {
            return first + 1 == last ? 1.0 : 1 - (begin - static_cast<double>(first));
        }
        return input + 1 == last ? 1 - (static_cast<double>(last) - end) : 1.0;
    }
};

void fill_average(AxisTable &table, std::int64_t input_size, double scale, const std::vector<double> &edges,
                  std::int64_t turn)
{
    const double margin = 2 * std::max(1.0, std::ceil(1 / scale));
    const auto size = static_cast<std::int64_t>(edges.size()) - 1;
    const auto input_end = static_cast<double>(input_size);
    const auto covered = [&](std::int64_t i)
    {
        double begin = edges[i];
        double end = edges[i + 1];
        if (turn > 0)
        {
            const double last = end < begin ? end + static_cast<double>(turn) : end;
            return begin >= 0 && last <= input_end + static_cast<double>(turn) ? Cover(begin, last, input_size + turn)
                                                                               : Cover(0, 0, 0);
        }
        if (end < begin && end < margin && begin > input_end - margin)
        {
            // The input is a whole parallel, and the pixel lies across its ends: what is before the seam counts.
            if (begin + kOnEdge < input_end)
            {
                end += input_end;
            }
            else
            {
                begin -= input_end;
            }
        }
        const bool near_input = begin >= -margin && end >= begin && end - input_end <= margin;
        return near_input ? Cover(begin, end, input_size) : Cover(0, 0, 0);
    };
    // A fixed mapping gives the same stride wherever the table begins.
    int stride = static_cast<int>(1 / scale) + 2;
    for (std::int64_t i = 0; i < size; ++i)
    {
        stride = std::max(stride, covered(i).count());
    }
    set_size(table, size, stride);
    for (std::int64_t i = 0; i < size; ++i)
    {
        const Cover cover = covered(i);
        table.inside[i] = cover.count() > 0;
        table.start[i] = cover.first;
        table.centre[i] = cover.first;
        table.count[i] = cover.count();
        double *weights = table.weights.data() + i * stride;
        for (int k = 0; k < cover.count(); ++k)
        {
            weights[k] = cover.weight(cover.first + k);
        }
        normalise(weights, cover.count());
    }
}

} // namespace

AxisTable make_axis_table(Resampling resampling, std::int64_t first, std::int64_t count, std::int64_t input_size,
                          double scale, bool widen, const AxisMapping &mapping, std::int64_t turn)
{
    AxisTable table;
    table.first = first;
    if (resampling != Resampling::Average)
    {
        table.position = mapped(first, count, 0.5, mapping);
    }
    const double stretch = widen ? std::min(scale, 1.0) : 1.0;
    switch (resampling)
    {
    case Resampling::Nearest:
        fill_nearest(table, input_size);
        break;
    case Resampling::Bilinear:
        fill_kernel(table, input_size, triangle, 1, stretch);
        break;
    case Resampling::Cubic:
        fill_kernel(table, input_size, catmull_rom, 2, stretch);
        break;
    case Resampling::Average:
        fill_average(table, input_size, scale, mapped(first, count + 1, 0, mapping), turn);
        break;
    default:
        throw InputError(std::string("resampling: ") + name(resampling) +
                         " is not made of two axes; nearest, bilinear, cubic and average are");
    }
    return table;
}

std::vector<AxisStretch> stretches(const AxisTable &table, std::int64_t max_input)
{
    std::vector<AxisStretch> found;
    bool open = false;
    for (std::int64_t i = 0; i < table.size(); ++i)
    {
        if (!table.inside[i])
        {
            open = false;
            continue;
        }
        const std::int64_t begin = table.start[i];
        const std::int64_t end = begin + table.count[i];
        if (open)
        {
            AxisStretch &last = found.back();
            const std::int64_t input_end = std::max(last.input_first + last.input_size, end);
            if (begin >= table.start[i - 1] && input_end - last.input_first <= max_input)
            {
                last.size = i + 1 - last.first;
                last.input_size = input_end - last.input_first;
                continue;
            }
        }
        found.push_back({i, 1, begin, end - begin});
        open = true;
    }
    return found;
}

} // namespace tiledir::raster
