// The region of a recipe: which tiles a run is about.
#pragma once

#include "stac/grid/tile_matrix_set.h"
#include "stac/grid/tile_set.h"

#include <array>
#include <optional>
#include <string>

namespace tiledir::engine
{

/// One of its shapes, as the recipe gives it.
struct RegionRecipe
{
    std::string key;                             ///< `bounds`, `region.polygon`, ...: for messages
    std::optional<std::array<double, 4>> bounds; ///< west, south, east, north; west > east is across the antimeridian
    std::string polygon;                         ///< WKT, or a file that OGR reads
    std::string layer;                           ///< of the file; empty where it has only one
    std::optional<std::array<double, 2>> point;
    std::string tile; ///< LEVEL/ROW/COL
    std::string crs;  ///< of bounds, point and WKT, and of a file that states none

    /// For messages: `bounds: [1, 2, 3, 4]`.
    std::string text() const;
};

/// True of WKT, false of a file's name.
bool is_wkt(const std::string &text);

/// Tiles of the base level that it touches, of those in `within`. Throws InputError that names the key.
stac::TileSet region_tiles(const RegionRecipe &region, const stac::TileMatrixSet &grid, int base,
                           const stac::TileRange &within);

} // namespace tiledir::engine
