// The globe under flat coordinates: x that runs around it, and what of bounds lies on a grid where x runs on.
#pragma once

#include "stac/grid/bounds.h"
#include "stac/grid/tile_matrix_set.h"

#include <ogr_spatialref.h>

#include <string>
#include <vector>

namespace tiledir::raster
{

/// Where Mercator's world is as high as it is wide; beyond, rows of pixels would reach to infinity.
constexpr double kMercatorLatitude = 85.0511287798066;

/// Is x made of longitude alone and y of latitude alone: degrees, Mercator, equirectangular, equal area?
bool is_cylindrical(const OGRSpatialReference &crs);

/// x of a whole turn around the globe; 0 where the CRS is not cylindrical.
double turn_of(const OGRSpatialReference &crs);

/// What of bounds lies on a grid, as whole turns bring it there: two parts where they reach over an end of the grid's
/// world. The bounds themselves where they lie on it, but for `tolerance` at its ends, or where nothing of them does.
std::vector<stac::Bounds> parts_on_grid(const stac::TileMatrixSet &grid, const stac::Bounds &bounds, double tolerance);

/// STAC's bbox of what several bounds have in common with `within`; west > east across the antimeridian (RFC
/// 7946, 5.2). That of `within` where they have nothing in common. Throws InputError where it cannot be told.
std::vector<double> common_bbox(const std::vector<stac::Bounds> &parts, const stac::Bounds &within,
                                const std::string &crs);

} // namespace tiledir::raster
