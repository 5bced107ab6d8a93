// Which tiles of a grid rectangles and polygons of any CRS touch.
#pragma once

#include "stac/grid/tile_matrix_set.h"
#include "stac/grid/tile_set.h"

#include <ogr_spatialref.h>

#include <memory>
#include <string>
#include <vector>

class OGRGeometry;
class OGRPolygon;

namespace tiledir::engine
{

/// Shapes of one CRS on one grid. They may lie across the antimeridian, and longitudes may count from 0 to 360: what
/// leaves the grid's world on one side comes back on the other. For one thread.
class ShapeTiles
{
public:
    /// Throws InputError where there is no way from one CRS to the other.
    ShapeTiles(const OGRSpatialReference &from, const stac::TileMatrixSet &grid);
    ~ShapeTiles();

    /// All functions add tiles of `within` alone.

    /// Adds the tiles that a rectangle, grown by `margin` pixels of the matrix, overlaps by more than a hundredth of a
    /// pixel. Edges are followed to a quarter of a pixel; a rectangle that is not known all along its edges (a pole
    /// inside) gives all tiles.
    void add(const stac::Bounds &rectangle, double margin, const stac::TileMatrix &matrix,
             const stac::TileRange &within, stac::TileSet &into) const;

    /// Adds the tiles that a polygon touches. A quarter of the tiles that lies all inside or all outside is looked at
    /// once. Throws InputError where the polygon cannot be brought to the grid.
    void add(const OGRPolygon &polygon, const stac::TileMatrix &matrix, const stac::TileRange &within,
             stac::TileSet &into) const;

    /// Adds the tile that a point lies in; none where it is not on the grid.
    void add_point(double x, double y, const stac::TileMatrix &matrix, const stac::TileRange &within,
                   stac::TileSet &into) const;

private:
    struct Points
    {
        std::vector<double> x;
        std::vector<double> y;
    };
    bool project(Points &points) const;
    std::unique_ptr<OGRPolygon> projected(const OGRPolygon &polygon) const;
    stac::Bounds known(stac::Bounds rectangle) const;

    std::unique_ptr<OGRCoordinateTransformation> m_transformation; ///< null where both CRSs are the same
    double m_turn = 0;          ///< longitude of a whole turn in the shapes' CRS; 0 where it is not geographic
    double m_turn_on_grid = 0;  ///< x of a whole turn on the grid; 0 where that has no meaning
    double m_most_latitude = 0; ///< in the shapes' CRS, of what the grid can show; 0 where all
    double m_longest = 0;       ///< of an edge, in the shapes' CRS, before it is bent
    std::string m_name;         ///< of the grid's CRS
};

} // namespace tiledir::engine
