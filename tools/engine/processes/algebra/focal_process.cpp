#include "tools/engine/processes/algebra/focal_process.h"

#include "stac/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace tiledir::engine
{
namespace
{

constexpr double kGaussReach = 3; ///< standard deviations

enum class Method
{
    Mean, ///< weighted, of those that have data
    Convolution,
    Min,
    Max,
    Median
};

/// A pixel around another one, and how much it counts.
struct Neighbour
{
    int col;
    int row;
    double weight;
};

struct Neighbourhood
{
    int radius = 1; ///< pixels
    std::vector<Neighbour> neighbours;
};

Neighbourhood disc_or_square(int radius, bool is_disc)
{
    Neighbourhood around{radius, {}};
    for (int row = -radius; row <= radius; ++row)
    {
        for (int col = -radius; col <= radius; ++col)
        {
            if (!is_disc || row * row + col * col <= radius * radius)
            {
                around.neighbours.push_back({col, row, 1});
            }
        }
    }
    return around;
}

Neighbourhood gaussian(double sigma)
{
    Neighbourhood around = disc_or_square(static_cast<int>(std::ceil(kGaussReach * sigma)), false);
    for (Neighbour &each : around.neighbours)
    {
        each.weight = std::exp(-(each.row * each.row + each.col * each.col) / (2 * sigma * sigma));
    }
    return around;
}

Neighbourhood kernel(const Json &weights)
{
    const auto side = static_cast<int>(std::lround(std::sqrt(static_cast<double>(weights.size()))));
    if (side % 2 == 0 || static_cast<std::size_t>(side) * side != weights.size())
    {
        throw InputError(
            fmt::format("parameters.kernel: has {} weights; a square of 3 x 3, 5 x 5, ... is needed, row by "
                        "row",
                        weights.size()));
    }
    Neighbourhood around = disc_or_square(side / 2, false);
    for (std::size_t i = 0; i < weights.size(); ++i)
    {
        around.neighbours[i].weight = weights[i];
    }
    return around;
}

Method method_of(const std::string &name)
{
    return name == "min"           ? Method::Min
           : name == "max"         ? Method::Max
           : name == "median"      ? Method::Median
           : name == "convolution" ? Method::Convolution
                                   : Method::Mean;
}

Neighbourhood neighbourhood_of(const Json &parameters)
{
    const std::string method = parameters["method"];
    const auto refuse = [&](const char *key)
    {
        if (!parameters[key].is_null())
        {
            throw InputError(fmt::format("parameters.{}: is given beside method {}, which has none", key, method));
        }
    };
    if (method == "convolution")
    {
        refuse("sigma");
        refuse("radius");
        if (parameters["kernel"].is_null())
        {
            throw InputError("parameters.kernel: is missing; convolution needs it");
        }
        return kernel(parameters["kernel"]);
    }
    refuse("kernel");
    if (method == "gaussian")
    {
        refuse("radius");
        return gaussian(parameters["sigma"].is_null() ? 1 : parameters["sigma"].get<double>());
    }
    refuse("sigma");
    return disc_or_square(parameters["radius"].is_null() ? 1 : parameters["radius"].get<int>(),
                          parameters["shape"] == "circle");
}

/// Rows of one band as numbers.
class Rows
{
public:
    Rows(const raster::PixelBlock &block, int band)
        : m_width(block.width())
        , m_values(static_cast<std::size_t>(block.width()) * block.height())
    {
        GDALCopyWords64(block.data(band), block.type(), block.pixel_size(), m_values.data(), GDT_Float64,
                        sizeof(double), static_cast<GPtrDiff_t>(m_values.size()));
    }
    const double *at(int col, int row) const
    {
        return m_values.data() + static_cast<std::ptrdiff_t>(row) * m_width + col;
    }

private:
    int m_width;
    std::vector<double> m_values;
};

class FocalProcess : public Process
{
public:
    explicit FocalProcess(const ProcessSetting &setting)
        : m_method(method_of(setting.parameters["method"]))
        , m_around(neighbourhood_of(setting.parameters))
    {
        const ProcessInput &input = setting.inputs.at("source");
        m_output.type = GDALDataTypeUnion(input.type, GDT_Float32) == GDT_Float32 ? GDT_Float32 : GDT_Float64;
        m_output.nodata = kNoValue;
        for (int band = 1; band <= input.bands; ++band)
        {
            m_output.band_names.push_back(input.bands == 1 ? "focal" : fmt::format("focal_{}", band));
        }
    }

    ProcessOutput output() const override { return m_output; }
    int pixel_buffer() const override { return m_around.radius; }

    raster::PixelBlock run(const stac::TileMatrix &, const stac::PixelWindow &window,
                           const std::map<std::string, raster::PixelBlock> &inputs) const override
    {
        const raster::PixelBlock &source = inputs.at("source");
        raster::PixelBlock made(static_cast<int>(window.width), static_cast<int>(window.height), source.bands(),
                                GDT_Float64);
        for (int band = 0; band < made.bands(); ++band)
        {
            const Rows rows(source, band);
            for (int row = 0; row < made.height(); ++row)
            {
                make_row(rows, row, made.width(), made.row<double>(band, row));
            }
        }
        return made;
    }

private:
    /// Neighbours are taken in one order, so that a pixel's sum is the same in every window.
    void make_row(const Rows &rows, int row, int width, double *made) const
    {
        switch (m_method)
        {
        case Method::Mean:
            mean(rows, row, width, made);
            break;
        case Method::Convolution:
            convolution(rows, row, width, made);
            break;
        case Method::Min:
            best(rows, row, width, made, [](double value, double known) { return value < known; });
            break;
        case Method::Max:
            best(rows, row, width, made, [](double value, double known) { return value > known; });
            break;
        case Method::Median:
            median(rows, row, width, made);
            break;
        }
        const double *centre = rows.at(m_around.radius, row + m_around.radius);
        std::transform(centre, centre + width, made, made,
                       [](double of_source, double value) { return std::isnan(of_source) ? kNoValue : value; });
    }

    const double *neighbours(const Rows &rows, int row, const Neighbour &each) const
    {
        return rows.at(m_around.radius + each.col, row + m_around.radius + each.row);
    }

    void mean(const Rows &rows, int row, int width, double *made) const
    {
        std::vector<double> weights(static_cast<std::size_t>(width));
        std::fill_n(made, width, 0.0);
        for (const Neighbour &each : m_around.neighbours)
        {
            const double *values = neighbours(rows, row, each);
            for (int col = 0; col < width; ++col)
            {
                const bool is_valid = !std::isnan(values[col]);
                made[col] += is_valid ? each.weight * values[col] : 0;
                weights[static_cast<std::size_t>(col)] += is_valid ? each.weight : 0;
            }
        }
        std::transform(made, made + width, weights.begin(), made,
                       [](double sum, double weight) { return sum / weight; });
    }

    void convolution(const Rows &rows, int row, int width, double *made) const
    {
        std::fill_n(made, width, 0.0);
        for (const Neighbour &each : m_around.neighbours)
        {
            const double *values = neighbours(rows, row, each);
            for (int col = 0; col < width; ++col)
            {
                made[col] += each.weight * values[col];
            }
        }
    }

    template <class IsBetter>
    void best(const Rows &rows, int row, int width, double *made, const IsBetter &is_better) const
    {
        std::fill_n(made, width, kNoValue);
        for (const Neighbour &each : m_around.neighbours)
        {
            const double *values = neighbours(rows, row, each);
            for (int col = 0; col < width; ++col)
            {
                made[col] = std::isnan(made[col]) || is_better(values[col], made[col]) ? values[col] : made[col];
            }
        }
    }

    /// The mean of the two in the middle where their number is even.
    void median(const Rows &rows, int row, int width, double *made) const
    {
        std::vector<double> values;
        for (int col = 0; col < width; ++col)
        {
            values.clear();
            for (const Neighbour &each : m_around.neighbours)
            {
                const double value = neighbours(rows, row, each)[col];
                if (!std::isnan(value))
                {
                    values.push_back(value);
                }
            }
            made[col] = values.empty() ? kNoValue : middle(values);
        }
    }

    static double middle(std::vector<double> &values)
    {
        const auto half = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
        std::nth_element(values.begin(), half, values.end());
        return values.size() % 2 == 1 ? *half : (*half + *std::max_element(values.begin(), half)) / 2;
    }

    ProcessOutput m_output;
    Method m_method;
    Neighbourhood m_around;
};

} // namespace

ProcessKind focal_process()
{
    constexpr int kFarthest = 128;
    return {"focal",
            "Each pixel from those around it: smoothed, the extremes, the median, a convolution",
            Schema({
                Key("method", KeyType::Text, "what is made of them")
                    .otherwise("mean")
                    .one_of({"mean", "min", "max", "median", "gaussian", "convolution"}),
                Key("radius", KeyType::Integer, "pixels to each side; 1 where it is not given").within(1, kFarthest),
                Key("shape", KeyType::Text, "of the neighbourhood").otherwise("square").one_of({"square", "circle"}),
                Key("sigma", KeyType::Number,
                    "of gaussian: standard deviation in pixels, 1 where it is not given; it reaches 3 times as far")
                    .within(0.1, kFarthest / kGaussReach),
                Key("kernel", KeyType::Numbers, "of convolution: weights of 3 x 3, 5 x 5, ... pixels, row by row"),
            }),
            {"source"},
            [](const ProcessSetting &setting) { return std::make_unique<FocalProcess>(setting); },
            InputValues::Exact};
}

} // namespace tiledir::engine
