#include "tools/engine/processes/terrain/slope_process.h"

#include "tools/engine/processes/terrain/elevations.h"
#include "tools/engine/processes/terrain/gdaldem_process.h"

#include <fmt/format.h>

namespace tiledir::engine
{
namespace
{

/// gdaldem's -s, by which it multiplies what cells measure, where these are metres: elevations' units a metre.
double ground_scale(const ProcessSetting &setting)
{
    return 1 / metres_of_unit(setting.inputs.at("dem").unit);
}

std::unique_ptr<Process> make_slope(const ProcessSetting &setting)
{
    const Json &parameters = setting.parameters;
    GdaldemMode mode;
    mode.name = "slope";
    mode.output = {{"slope"}, GDT_Float32, kNoTerrain};
    mode.on_ground = parameters["scale"] == "auto";
    mode.arguments = neighbour_arguments(parameters);
    const double scale = mode.on_ground ? ground_scale(setting) : parameters["scale"].get<double>();
    mode.arguments.insert(mode.arguments.end(), {"-s", fmt::format("{}", scale)});
    if (parameters["unit"] == "percent")
    {
        mode.arguments.emplace_back("-p");
    }
    return make_gdaldem_process(setting, std::move(mode));
}

} // namespace

ProcessKind slope_process()
{
    return {"slope",
            "Steepness of a digital elevation model (gdaldem slope)",
            Schema({
                Key("unit", KeyType::Text, "of the slope").otherwise("degree").one_of({"degree", "percent"}),
                scale_key(),
                slope_algorithm_key(),
                edges_key(),
            }),
            {"dem"},
            make_slope,
            InputValues::Elevations};
}

} // namespace tiledir::engine
