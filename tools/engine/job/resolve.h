// A recipe with its files opened: everything a run needs to know, fixed.
#pragma once

#include "driver/raster/pyramid/pyramid.h"
#include "driver/raster/warp/grid_source.h"
#include "stac/grid/level_sets.h"
#include "tools/engine/job/input_files.h"
#include "tools/engine/processes/process.h"
#include "tools/engine/recipe/recipe.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tiledir::engine
{

/// Immutable, shared by all threads of a run. The pyramid's grid is derived: its tiles are the stored ones.
struct Job : raster::Pyramid
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

    /// `5/12/8`, as messages and logs name a tile.
    std::string name(int level, std::int64_t row, std::int64_t col) const;
};

/// Where the tiles of an output in a format are.
stac::HrefTemplate tile_path_of(const std::string &format);

/// Opens grid and inputs (of those that the output's `.tiledir/inputs.json` knows only what it says), fills in levels,
/// kernel scales, data type and nodata. Throws InputError that names the key or the file.
std::shared_ptr<const Job> resolve(Recipe recipe);

/// Changes the coarsest level (to that of an existing output).
std::shared_ptr<const Job> with_coarsest(const Job &job, int coarsest);

/// As a saved recipe has it: the kernel scales and, where levels are `auto`, the base level.
std::shared_ptr<const Job> as_saved(const std::shared_ptr<const Job> &job, const Json &saved);

/// With the region of a saved recipe (none where that is empty) in the document: for an output that is larger than what
/// this run is about, so that its recipe makes all of it again.
std::shared_ptr<const Job> with_region_of(const std::shared_ptr<const Job> &job, const Json &saved);

/// The job with more tiles to make.
std::shared_ptr<const Job> with_more_tiles(const std::shared_ptr<const Job> &job, const stac::LevelSets &tiles);

} // namespace tiledir::engine
