// Where a raster lies in another CRS, looked at in points spread over it: right also where the mapping jumps.
#pragma once

#include "driver/raster/warp/grid_source.h"

#include <ogr_spatialref.h>

#include <array>
#include <memory>
#include <vector>

namespace tiledir::raster
{

/// Where a raster lies, without its pixels.
struct Extent
{
    int width = 0;
    int height = 0;
    std::array<double, 6> geotransform{};
};

/// Throws InputError where there is no way from one CRS to the other.
std::unique_ptr<OGRCoordinateTransformation> transformation(const OGRSpatialReference &from,
                                                            const OGRSpatialReference &to);

/// The extent of a raster on a grid around whose world x runs. For one thread.
class MappedExtent
{
public:
    enum class Place
    {
        Plain,  ///< x does not jump
        Across, ///< it does, by a turn: the raster lies across the grid's antimeridian
        Pole    ///< a pole lies within the raster, and there x has all values
    };

    MappedExtent(const Extent &extent, const OGRSpatialReference &from, const OGRSpatialReference &to);

    Place place() const { return m_place; }
    /// Where the place is not plain. The size of a pixel is by GDAL's rule that a diagonal has as many pixels as
    /// before; where a pole is within, that of the middle one by size. Bounds run on over the ends of the world.
    SuggestedOutput suggested() const;
    /// Likewise: how wide and high a pixel at the centre is on the grid; where a pole is within, the middle ones by
    /// size.
    KernelScale cell() const;

private:
    /// Points of the raster in rows; NaN where they are not known on the grid.
    struct Points
    {
        std::vector<double> x;
        std::vector<double> y;
    };
    Points mapped(const std::vector<double> &cols, const std::vector<double> &rows) const;
    Points lattice() const;
    std::vector<double> poles_within() const;
    void add_poles(stac::Bounds &bounds) const;
    bool jumps() const;
    Points run_on(Points points) const;
    double near_to(double x, double other) const;
    std::vector<KernelScale> cells() const;
    KernelScale cell_at(double col, double row) const;

    Extent m_extent;
    bool m_mercator;
    double m_turn; ///< x of a whole turn; 0 where x does not run around the world
    std::unique_ptr<OGRCoordinateTransformation> m_to_grid;
    std::unique_ptr<OGRSpatialReference> m_degrees; ///< the grid's, longitude first
    OGRSpatialReference m_from;
    OGRSpatialReference m_to;
    std::vector<double> m_poles; ///< their latitudes
    Place m_place = Place::Plain;
};

} // namespace tiledir::raster
