#include "tools/engine/processes/terrain/ruggedness_processes.h"

#include "tools/engine/processes/terrain/gdaldem_process.h"

#include <utility>

namespace tiledir::engine
{
namespace
{

/// `name` is the process's and its band's; `gdal_name` gdaldem's.
ProcessKind ruggedness(std::string name, const std::string &gdal_name, std::string title, std::vector<Key> keys)
{
    keys.push_back(edges_key());
    return {name,
            std::move(title),
            Schema(std::move(keys)),
            {"dem"},
            [name, gdal_name](const ProcessSetting &setting)
            {
                GdaldemMode mode;
                mode.name = gdal_name;
                mode.output = {{name}, GDT_Float32, kNoTerrain};
                mode.arguments = neighbour_arguments(setting.parameters);
                return make_gdaldem_process(setting, std::move(mode));
            },
            InputValues::Elevations};
}

} // namespace

ProcessKind tri_process()
{
    return ruggedness(
        "tri", "TRI", "Terrain ruggedness index of a digital elevation model (gdaldem TRI)",
        {Key("algorithm", KeyType::Text, "Riley et al. 1999, or Wilson et al. 2007, which is for sea beds")
             .otherwise("Riley")
             .one_of({"Riley", "Wilson"})});
}

ProcessKind tpi_process()
{
    return ruggedness("tpi", "TPI", "Topographic position index of a digital elevation model (gdaldem TPI)", {});
}

ProcessKind roughness_process()
{
    return ruggedness("roughness", "roughness",
                      "Largest difference of a cell of a digital elevation model to those around it (gdaldem "
                      "roughness)",
                      {});
}

} // namespace tiledir::engine
