// Size of a cell on the ground, in metres, where it changes with latitude.
#pragma once

#include "stac/grid/tile_matrix.h"

#include <cstdint>
#include <memory>
#include <string>

namespace tiledir::engine
{

/// Rows [first_row, first_row + rows) of a tile matrix whose cells count as equally large.
struct GroundStrip
{
    std::int64_t first_row = 0;
    std::int64_t rows = 1;
    double cell_width = 0;  ///< metres, west to east
    double cell_height = 0; ///< metres, north to south
};

/// Geographic and Mercator grids: on the ellipsoid, east-west along the parallel (radius N cos(latitude)),
/// north-south along the meridian (radius M), at the latitude of the strip's middle row (Snyder, Map Projections: A
/// Working Manual, equations 4-18 to 4-21). Rows beyond a pole count as the nearest row off it. Elsewhere the CRS's
/// linear unit, and one strip holds all rows. Immutable; called from many threads.
class GroundCellSize
{
public:
    /// Throws InputError where the CRS is neither geographic nor projected.
    explicit GroundCellSize(const std::string &grid_crs);
    ~GroundCellSize();

    /// The strip that holds a row: the largest block of a power of two of rows (512 at most), aligned to a multiple
    /// of its size, over which neither cell size changes by 0.2% or more; one row where none does. Depends on matrix
    /// and row alone.
    GroundStrip strip_of(const stac::TileMatrix &matrix, std::int64_t row) const;

private:
    class Latitudes;
    struct Cell
    {
        double width;
        double height;
    };
    Cell cell_at(const stac::TileMatrix &matrix, double row) const;
    std::unique_ptr<const Latitudes> m_latitudes; ///< null where the size does not depend on latitude
    double m_linear_unit = 1;                     ///< metres a CRS unit
};

} // namespace tiledir::engine
