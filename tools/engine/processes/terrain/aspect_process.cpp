#include "tools/engine/processes/terrain/aspect_process.h"

#include "tools/engine/processes/terrain/gdaldem_process.h"

namespace tiledir::engine
{
namespace
{

std::unique_ptr<Process> make_aspect(const ProcessSetting &setting)
{
    GdaldemMode mode;
    mode.name = "aspect";
    mode.output = {{"aspect"}, GDT_Float32, kNoTerrain};
    mode.output.overview_resampling = raster::Resampling::Nearest; // between 359 and 1 is no 180
    mode.arguments = neighbour_arguments(setting.parameters);
    if (setting.parameters["trigonometric"])
    {
        mode.arguments.emplace_back("-trigonometric");
    }
    if (setting.parameters["zero_for_flat"])
    {
        mode.arguments.emplace_back("-zero_for_flat");
    }
    return make_gdaldem_process(setting, std::move(mode));
}

} // namespace

ProcessKind aspect_process()
{
    return {"aspect",
            "Direction that the slopes of a digital elevation model face (gdaldem aspect)",
            Schema({
                Key("trigonometric", KeyType::Boolean, "degrees counterclockwise from east, else clockwise from north")
                    .otherwise(false),
                Key("zero_for_flat", KeyType::Boolean, "flat places are 0, else without data").otherwise(false),
                slope_algorithm_key(),
                edges_key(),
            }),
            {"dem"},
            make_aspect,
            InputValues::Elevations};
}

} // namespace tiledir::engine
