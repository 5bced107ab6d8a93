#include "tools/engine/processes/terrain/hillshade_process.h"

#include "tools/engine/processes/terrain/elevations.h"
#include "tools/engine/processes/terrain/gdaldem_process.h"

#include <fmt/format.h>

namespace tiledir::engine
{
namespace
{

std::unique_ptr<Process> make_hillshade(const ProcessSetting &setting)
{
    const Json &parameters = setting.parameters;
    const std::string variant = parameters["variant"];
    GdaldemMode mode;
    mode.name = "hillshade";
    mode.output = {{"hillshade"}, GDT_Byte, 0, false, ValueRange{1, 255}};
    mode.on_ground = parameters["scale"] == "auto";
    double z = parameters["z"];
    double scale = 1;
    if (mode.on_ground)
    {
        z *= metres_of_unit(setting.inputs.at("dem").unit);
    }
    else
    {
        scale = parameters["scale"];
    }
    mode.arguments = neighbour_arguments(parameters);
    mode.arguments.insert(mode.arguments.end(), {"-z", fmt::format("{}", z), "-s", fmt::format("{}", scale)});
    if (variant != "multidirectional")
    {
        mode.arguments.insert(mode.arguments.end(), {"-az", fmt::format("{}", parameters["azimuth"].get<double>())});
    }
    if (variant != "igor")
    {
        mode.arguments.insert(mode.arguments.end(), {"-alt", fmt::format("{}", parameters["altitude"].get<double>())});
    }
    if (variant != "regular")
    {
        mode.arguments.emplace_back("-" + variant);
    }
    return make_gdaldem_process(setting, std::move(mode));
}

} // namespace

ProcessKind hillshade_process()
{
    return {
        "hillshade",
        "Shaded relief of a digital elevation model (gdaldem hillshade)",
        Schema({
            Key("azimuth", KeyType::Number, "direction the light comes from, degrees clockwise from north")
                .otherwise(315.0)
                .within(0, 360),
            Key("altitude", KeyType::Number, "height of the light above the horizon, degrees")
                .otherwise(45.0)
                .within(0, 90),
            Key("z", KeyType::Number, "vertical exaggeration").otherwise(1.0).within(1e-9, 1e9),
            scale_key(),
            slope_algorithm_key(),
            Key("variant", KeyType::Text, "combination of lights; multidirectional has no azimuth, igor no altitude")
                .otherwise("regular")
                .one_of({"regular", "combined", "multidirectional", "igor"}),
            edges_key(),
        }),
        {"dem"},
        make_hillshade,
        InputValues::Elevations};
}

} // namespace tiledir::engine
