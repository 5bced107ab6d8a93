// Coordinate reference systems of grids and inputs, x to the east always.
#pragma once

#include "stac/grid/bounds.h"
#include "stac/grid/tile_matrix_set.h"

#include <ogr_spatialref.h>

#include <string>
#include <vector>

namespace tiledir::raster
{

/// From anything SetFromUserInput takes (OGC URI, EPSG code, WKT, PROJJSON), in traditional GIS axis order.
/// Throws InputError that quotes the text.
OGRSpatialReference spatial_reference(const std::string &crs);

/// The CRS as GDAL's other drivers tell of one that has longitude first (OGC:CRS84, CRS83, CRS27): EPSG's, which has
/// latitude first, with data axes longitude, latitude. Any other as it is.
OGRSpatialReference with_epsg_code(const OGRSpatialReference &crs);

/// True where both are one CRS, whatever the order of axes in memory and the epoch.
bool same_crs(const OGRSpatialReference &one, const OGRSpatialReference &other);

/// WKT 2 (2019): says all that the CRS is, its codes too.
std::string wkt(const OGRSpatialReference &crs);

/// WKT 1, as tiles have it; empty where that cannot be told.
std::string wkt1(const OGRSpatialReference &crs);

/// "EPSG:3857"; empty where no authority gives a code ("OGC:CRS84" for CRS84).
std::string authority_code(const OGRSpatialReference &crs);

/// True of projections of the Mercator family along the equator, pseudo-Mercator too.
bool is_mercator(const OGRSpatialReference &crs);

/// What EPSG (or another authority) says of it. For stac::DescribeCrs.
stac::CrsFacts crs_facts(const std::string &crs);

/// Bounds in another CRS, edges densified. Throws InputError where they cannot be transformed.
stac::Bounds transform_bounds(const stac::Bounds &bounds, const OGRSpatialReference &from,
                              const OGRSpatialReference &to);

/// STAC's bbox (CRS84: west, south, east, north) of bounds in a CRS that spatial_reference() takes; west > east across
/// the antimeridian, whichever meridian longitudes are counted from. Throws InputError where they cannot be
/// transformed.
std::vector<double> crs84_bbox(const stac::Bounds &bounds, const std::string &crs);

} // namespace tiledir::raster
