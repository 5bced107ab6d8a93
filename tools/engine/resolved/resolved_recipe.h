// A recipe with its files opened: everything a run needs to know, fixed.
#pragma once

#include "driver/raster/input/mosaic.h"
#include "driver/raster/pyramid/pyramid.h"
#include "driver/raster/warp/grid_source.h"
#include "stac/grid/level_sets.h"
#include "tools/engine/processes/process.h"
#include "tools/engine/recipe/recipe.h"
#include "tools/engine/resolved/input_files.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tiledir::engine
{

/// Immutable, shared by all threads of a run. The pyramid's grid is derived: its tiles are the stored ones.
struct ResolvedRecipe : raster::Pyramid
{
    Recipe recipe;
    Json document;    ///< the recipe in full, as it is saved beside the output: run again it makes the same tiles
    InputFiles files; ///< as they were when the mosaics were made of them
    std::map<std::string, std::shared_ptr<const raster::Mosaic>> mosaics;
    std::map<std::string, std::map<int, raster::KernelScale>> scales; ///< by input and level
    std::shared_ptr<const Process> process;
    ProcessOutput process_output;
    double cell_size = 0;                 ///< of the finest input, in the grid's CRS
    stac::Bounds data_bounds;             ///< of all inputs, in the grid's CRS
    std::vector<stac::Bounds> data_parts; ///< of each input; two where it lies across the ends of the grid's world
    stac::TileSet selection;              ///< tiles of the base level that the region and the files touch
    /// Beyond the selection: left over from a run that was cut off, or touched by what has changed.
    stac::LevelSets more_tiles;

    /// Of the pixels that an input gives to the process.
    GDALDataType working_type(const std::string &input) const;

    /// `5/12/8`, as messages and logs name a tile.
    std::string name(int level, std::int64_t row, std::int64_t col) const;
};

/// Where the tiles of an output in a format are.
stac::HrefTemplate tile_path_of(const std::string &format);

} // namespace tiledir::engine
