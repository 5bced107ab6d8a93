// A dataset of tiles as its writers know it: grid, names, format, overviews.
#pragma once

#include "driver/raster/resample/resampling.h"
#include "driver/raster/tile/tile_format.h"
#include "stac/grid/href_template.h"
#include "stac/grid/tile_matrix_set.h"
#include "stac/grid/tile_set.h"

#include <cstdint>
#include <map>
#include <string>

namespace tiledir::raster
{

struct Pyramid
{
    stac::TileMatrixSet grid; ///< its tiles are the stored ones
    stac::HrefTemplate tile_path{"{TileMatrix}/{TileRow}/{TileCol}.tif"};
    std::map<std::string, std::string> path_values; ///< parameters of tile_path that are the same for all tiles
    TileFormat format;
    Resampling overview_resampling = Resampling::Average;
    int coarsest = 0; ///< levels are indices of the grid's matrices; 0 is the grid's coarsest
    int finest = 0;   ///< the base level

    const stac::TileMatrix &matrix(int level) const { return grid.matrices[static_cast<std::size_t>(level)]; }
    std::string key(int level, std::int64_t row, std::int64_t col) const
    {
        return tile_path.expand(matrix(level), row, col, path_values);
    }
    std::string key(const stac::TileId &tile) const { return key(tile.level, tile.row, tile.col); }
    /// Pixels of the next finer level that an overview's kernel reaches beyond the tile's own; 0 where none. Of levels
    /// that nest two by two; for others see reach().
    int overview_halo() const;
    /// Pixels of a level that a tile of the next coarser level depends on beyond those under it.
    int reach(int level) const;
    /// True where a tile without data can be told from one with data, so that it need not be stored.
    bool can_be_absent() const { return format.nodata.has_value() || format.alpha || format.mask; }
};

} // namespace tiledir::raster
