// A recipe with its files opened: everything a run needs to know, fixed.
#pragma once

#include "driver/raster/tile_codec.h"
#include "stac/href_template.h"
#include "stac/tile_matrix_set.h"
#include "tools/engine/process.h"
#include "tools/engine/recipe.h"

#include <map>
#include <memory>
#include <string>

namespace tiledir::engine
{

/// Immutable, shared by all threads of a run.
struct Job
{
    Recipe recipe;
    Json document; ///< the recipe in full, as it is saved beside the output: run again it makes the same tiles
    stac::TileMatrixSet grid; ///< derived: its tiles are the stored ones
    std::map<std::string, std::shared_ptr<const raster::Mosaic>> mosaics;
    std::map<std::string, std::map<int, raster::KernelScale>> scales; ///< by input and level
    std::shared_ptr<const Process> process;
    ProcessOutput process_output;
    raster::TileFormat format;
    raster::Resampling overview_resampling = raster::Resampling::Average;
    /// Pixels of the next finer level that an overview's kernel reaches beyond the tile's own; 0 where none.
    int overview_halo = 0;
    int coarsest = 0;          ///< levels are indices of the grid's matrices; 0 is the grid's coarsest
    int finest = 0;            ///< the base level
    stac::Bounds data_bounds;  ///< of all inputs, in the grid's CRS
    stac::TileRange selection; ///< tiles of the base level that the bounds and the data touch
    stac::HrefTemplate tile_path{"{TileMatrix}/{TileRow}/{TileCol}.tif"};

    const stac::TileMatrix &matrix(int level) const { return grid.matrices[static_cast<std::size_t>(level)]; }
    std::string key(int level, std::int64_t row, std::int64_t col) const
    {
        return tile_path.expand(matrix(level), row, col);
    }
    /// `5/12/8`, as messages and logs name a tile.
    std::string name(int level, std::int64_t row, std::int64_t col) const;
    /// True where every pixel of a tile without data is `format.nodata`, so that it need not be stored.
    bool can_be_absent() const { return format.nodata.has_value(); }
};

/// The grid of stored tiles. `name` is an id, a URI or a JSON file. Throws InputError.
stac::TileMatrixSet open_grid(const std::string &name, std::optional<int> tile_size, int metatile);
/// Where the tiles of an output in a format are.
stac::HrefTemplate tile_path_of(const std::string &format);

/// Opens grid and inputs, fills in levels, kernel scales, data type and nodata. Throws InputError that names the
/// key or the file.
std::shared_ptr<const Job> resolve(Recipe recipe);

/// Changes the coarsest level (to that of an existing output).
std::shared_ptr<const Job> with_coarsest(const Job &job, int coarsest);

} // namespace tiledir::engine
