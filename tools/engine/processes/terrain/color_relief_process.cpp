#include "tools/engine/processes/terrain/color_relief_process.h"

#include "stac/error.h"
#include "tools/engine/processes/terrain/gdaldem_process.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace tiledir::engine
{
namespace
{

/// Pixels without data have the colour of the table's line `nv`, else none: gdaldem takes them for what number they
/// are.
class ColorRelief : public Process
{
public:
    ColorRelief(const ProcessSetting &setting, GdaldemMode mode)
        : m_without_data(static_cast<std::size_t>(mode.output.bands()))
    {
        GdaldemMode of_none = mode;
        of_none.color_table = line_of_nodata(mode.color_table);
        m_colors = make_gdaldem_process(setting, std::move(mode));
        if (!of_none.color_table.empty())
        {
            raster::PixelBlock zero(1, 1, 1, GDT_Float32);
            const raster::PixelBlock color =
                make_gdaldem_process(setting, of_none)->run({}, {0, 0, 1, 1}, {{"dem", std::move(zero)}});
            std::copy_n(color.data(), m_without_data.size(), m_without_data.begin());
        }
    }

    ProcessOutput output() const override { return m_colors->output(); }
    int pixel_buffer() const override { return 0; }

    raster::PixelBlock run(const stac::TileMatrix &matrix, const stac::PixelWindow &window,
                           const std::map<std::string, raster::PixelBlock> &inputs) const override
    {
        raster::PixelBlock made = m_colors->run(matrix, window, inputs);
        const raster::PixelBlock &dem = inputs.at("dem");
        for (int row = 0; row < dem.height(); ++row)
        {
            const auto *elevations = dem.row<float>(0, row);
            for (int col = 0; col < dem.width(); ++col)
            {
                if (std::isnan(elevations[col]))
                {
                    for (int band = 0; band < made.bands(); ++band)
                    {
                        made.data(band, row)[col] = m_without_data[static_cast<std::size_t>(band)];
                    }
                }
            }
        }
        return made;
    }

private:
    /// Of a table, as a table that gives its colour to 0; empty where it has none.
    static std::string line_of_nodata(const std::string &table)
    {
        std::istringstream lines(table);
        for (std::string line; std::getline(lines, line);)
        {
            if (line.rfind("nv", 0) == 0)
            {
                return "0" + line.substr(2) + "\n";
            }
        }
        return {};
    }

    std::unique_ptr<Process> m_colors;
    std::vector<unsigned char> m_without_data; ///< colour of pixels
};

std::unique_ptr<Process> make_color_relief(const ProcessSetting &setting)
{
    const Json &parameters = setting.parameters;
    GdaldemMode mode;
    mode.name = "color-relief";
    mode.pixel_buffer = 0;
    mode.output.band_names = {"red", "green", "blue"};
    mode.output.alpha = parameters["alpha"];
    if (mode.output.alpha)
    {
        mode.output.band_names.emplace_back("alpha");
        mode.arguments.emplace_back("-alpha");
    }
    if (parameters["between"] != "interpolate")
    {
        mode.arguments.emplace_back(parameters["between"] == "nearest" ? "-nearest_color_entry" : "-exact_color_entry");
    }
    mode.color_table = fmt::format("{}\n", fmt::join(parameters["colors"].get<std::vector<std::string>>(), "\n"));
    return std::make_unique<ColorRelief>(setting, std::move(mode));
}

/// Lines of a colour table that say something.
std::vector<std::string> lines_of(const std::string &text)
{
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
    {
        line.erase(line.find_last_not_of(" \t\r") + 1);
        if (!line.empty() && line.front() != '#')
        {
            lines.push_back(line);
        }
    }
    return lines;
}

void check_colors(const std::vector<std::string> &lines)
{
    if (lines.empty())
    {
        throw InputError("parameters.colors: has no line; one is as `1000 240 250 160`: elevation, red, green, blue");
    }
    for (const std::string &line : lines)
    {
        const std::string first = line.substr(0, line.find_first_of(" \t,:"));
        if (!first.empty() && first.back() == '%')
        {
            throw InputError(fmt::format("parameters.colors: '{}' is a percentage of all elevations, which no tile "
                                         "knows; give elevations",
                                         line));
        }
    }
}

/// The file's lines take the place of its name.
void complete(Json &parameters, const ReadText &read)
{
    if (parameters["color_file"].is_null() == parameters["colors"].is_null())
    {
        throw InputError("parameters: color-relief needs color_file or colors, one of them");
    }
    if (!parameters["color_file"].is_null())
    {
        parameters["colors"] = lines_of(read(parameters["color_file"]));
        parameters["color_file"] = nullptr;
    }
    else
    {
        parameters["colors"] =
            lines_of(fmt::format("{}", fmt::join(parameters["colors"].get<std::vector<std::string>>(), "\n")));
    }
    check_colors(parameters["colors"].get<std::vector<std::string>>());
}

} // namespace

ProcessKind color_relief_process()
{
    return {"color-relief",
            "Colours of the elevations of a digital elevation model (gdaldem color-relief)",
            Schema({
                Key("color_file", KeyType::Text,
                    "text file of elevations and their colours, as gdaldem reads it; relative to the recipe, which is "
                    "saved with its lines as `colors`"),
                Key("colors", KeyType::Texts, "in place of it: its lines, as `1000 240 250 160`"),
                Key("between", KeyType::Text,
                    "colours between two lines: interpolated, that of the nearest, or black with opacity 0")
                    .otherwise("interpolate")
                    .one_of({"interpolate", "nearest", "exact"}),
                Key("alpha", KeyType::Boolean, "a fourth band of opacity, 0 where there is no data").otherwise(true),
            }),
            {"dem"},
            make_color_relief,
            InputValues::Elevations,
            complete};
}

} // namespace tiledir::engine
