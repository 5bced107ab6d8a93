// Which tiles of a grid there may be, as an item's limits and a listing of its folder say.
#pragma once

#include "stac/grid/tile_matrix_set.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace tiledir::driver
{

struct StoredTiles
{
    std::map<std::string, stac::TileRange> limits; ///< by the id of a tile matrix; empty: all of the grid
    /// Rows and columns in those tile matrices that were listed whole.
    std::map<std::string, std::set<std::pair<std::int64_t, std::int64_t>>> listed;

    bool may_exist(const stac::TileMatrix &matrix, std::int64_t row, std::int64_t col) const
    {
        const auto limit = limits.find(matrix.id);
        const bool in_limits = limits.empty() || (limit != limits.end() && limit->second.contains(row, col));
        const auto names = listed.find(matrix.id);
        return in_limits && matrix.range().contains(row, col) &&
               (names == listed.end() || names->second.count({row, col}) > 0);
    }
};

} // namespace tiledir::driver
