#include "tools/engine/processes/algebra/expression_process.h"

#include "stac/error.h"
#include "tools/engine/processes/algebra/expression.h"

#include <fmt/format.h>

#include <set>

namespace tiledir::engine
{
namespace
{

std::vector<std::string> band_names(const Json &parameters)
{
    const std::size_t count = parameters["expression"].size();
    std::vector<std::string> names;
    if (!parameters["names"].is_null())
    {
        names = parameters["names"].get<std::vector<std::string>>();
        if (names.size() != count || std::set<std::string>(names.begin(), names.end()).size() != count)
        {
            throw InputError(fmt::format("parameters.names: should be {} different names, one an expression", count));
        }
        return names;
    }
    for (std::size_t band = 1; band <= count; ++band)
    {
        names.push_back(count == 1 ? "expression" : fmt::format("expression_{}", band));
    }
    return names;
}

class ExpressionProcess : public Process
{
public:
    explicit ExpressionProcess(const ProcessSetting &setting)
        : m_output{band_names(setting.parameters), GDT_Float32, kNoValue}
    {
        std::map<std::string, int> band_counts;
        for (const auto &[name, input] : setting.inputs)
        {
            band_counts[name] = input.bands;
        }
        for (const std::string text : setting.parameters["expression"])
        {
            labelled("parameters.expression", [&] { m_expressions.emplace_back(text, band_counts); });
        }
    }

    ProcessOutput output() const override { return m_output; }
    int pixel_buffer() const override { return 0; }

    raster::PixelBlock run(const stac::TileMatrix &, const stac::PixelWindow &window,
                           const std::map<std::string, raster::PixelBlock> &inputs) const override
    {
        raster::PixelBlock made(static_cast<int>(window.width), static_cast<int>(window.height), m_output.bands(),
                                GDT_Float64); // rounded once, to the output's type
        for (std::size_t band = 0; band < m_expressions.size(); ++band)
        {
            compute(m_expressions[band], inputs, static_cast<int>(band), made);
        }
        return made;
    }

private:
    static void compute(const Expression &expression, const std::map<std::string, raster::PixelBlock> &inputs, int band,
                        raster::PixelBlock &made)
    {
        Expression::Evaluator evaluator(expression);
        const int width = made.width();
        std::vector<std::vector<double>> values(expression.bands().size());
        std::vector<const double *> rows;
        for (auto &each : values)
        {
            each.resize(static_cast<std::size_t>(width));
            rows.push_back(each.data());
        }
        for (int row = 0; row < made.height(); ++row)
        {
            for (std::size_t index = 0; index < values.size(); ++index)
            {
                const BandName &name = expression.bands()[index];
                const raster::PixelBlock &input = inputs.at(name.input);
                GDALCopyWords(input.data(name.band - 1, row), input.type(), input.pixel_size(), values[index].data(),
                              GDT_Float64, sizeof(double), width);
            }
            evaluator.evaluate(rows, width, made.row<double>(band, row));
        }
    }

    ProcessOutput m_output;
    std::vector<Expression> m_expressions;
};

} // namespace

ProcessKind expression_process()
{
    return {"expression",
            "Bands computed by formulas over the inputs' bands (muParser)",
            Schema({
                Key("expression", KeyType::Texts,
                    "formula over inputs by their names, as (nir - red) / (nir + red) or s2[4] > 0 ? 1 : 2; a list "
                    "makes a band of each")
                    .must_be_given(),
                Key("names", KeyType::Texts, "of the bands"),
            }),
            {},
            [](const ProcessSetting &setting) { return std::make_unique<ExpressionProcess>(setting); },
            InputValues::Exact,
            nullptr,
            [](const Json &parameters)
            {
                std::set<std::string> names;
                for (const std::string text : parameters["expression"])
                {
                    names.merge(input_names(text));
                }
                if (names.empty())
                {
                    throw InputError("parameters.expression: names no input");
                }
                return std::vector<std::string>(names.begin(), names.end());
            }};
}

} // namespace tiledir::engine
