// A recipe with its files opened: everything a run needs to know, fixed.
#pragma once

#include "driver/raster/grid_source.h"
#include "driver/raster/pyramid.h"
#include "tools/engine/process.h"
#include "tools/engine/recipe.h"

#include <map>
#include <memory>
#include <string>

namespace tiledir::engine
{

/// Immutable, shared by all threads of a run. The pyramid's grid is derived: its tiles are the stored ones.
struct Job : raster::Pyramid
{
    Recipe recipe;
    Json document; ///< the recipe in full, as it is saved beside the output: run again it makes the same tiles
    std::map<std::string, std::shared_ptr<const raster::Mosaic>> mosaics;
    std::map<std::string, std::map<int, raster::KernelScale>> scales; ///< by input and level
    std::shared_ptr<const Process> process;
    ProcessOutput process_output;
    stac::Bounds data_bounds;  ///< of all inputs, in the grid's CRS
    stac::TileRange selection; ///< tiles of the base level that the bounds and the data touch

    /// `5/12/8`, as messages and logs name a tile.
    std::string name(int level, std::int64_t row, std::int64_t col) const;
};

/// Where the tiles of an output in a format are.
stac::HrefTemplate tile_path_of(const std::string &format);

/// Opens grid and inputs, fills in levels, kernel scales, data type and nodata. Throws InputError that names the
/// key or the file.
std::shared_ptr<const Job> resolve(Recipe recipe);

/// Changes the coarsest level (to that of an existing output).
std::shared_ptr<const Job> with_coarsest(const Job &job, int coarsest);

} // namespace tiledir::engine
