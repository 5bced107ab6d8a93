// gdaldem's modes as processes: GDAL's own code over each window, so that tiles equal gdaldem on the whole.
#pragma once

#include "tools/engine/processes/process.h"

#include <memory>
#include <string>
#include <vector>

namespace tiledir::engine
{

/// gdaldem's nodata of Float32 pixels.
constexpr double kNoTerrain = -9999;

struct GdaldemMode
{
    std::string name;                   ///< as gdaldem's first argument
    std::vector<std::string> arguments; ///< its other ones
    ProcessOutput output;
    int pixel_buffer = 1;    ///< neighbours that a pixel depends on
    bool on_ground = false;  ///< cells count as large as they are on the ground, else as the grid has them
    std::string color_table; ///< what its colour file says
};

/// Of the input `dem`. Throws InputError where gdaldem refuses the arguments.
std::unique_ptr<Process> make_gdaldem_process(const ProcessSetting &setting, GdaldemMode mode);

/// gdaldem's -alg; -compute_edges; -s.
Key slope_algorithm_key();
Key edges_key();
Key scale_key();
/// The arguments of algorithm and compute_edges, of those that the parameters have.
std::vector<std::string> neighbour_arguments(const Json &parameters);

} // namespace tiledir::engine
