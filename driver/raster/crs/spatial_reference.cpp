#include "driver/raster/crs/spatial_reference.h"

#include "driver/store/gdal_errors.h"
#include "stac/error.h"

#include <cmath>
#include <memory>
#include <utility>

namespace tiledir::raster
{

namespace
{

/// WKT and PROJJSON are long: the beginning tells which one it is.
std::string quoted(const std::string &crs)
{
    constexpr std::size_t kEnough = 60;
    return "'" + (crs.size() > kEnough ? crs.substr(0, kEnough) + "..." : crs) + "'";
}

} // namespace

OGRSpatialReference spatial_reference(const std::string &crs)
{
    const store::GdalErrors errors;
    OGRSpatialReference reference;
    reference.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    const char *const options[] = {"ALLOW_NETWORK_ACCESS=NO", "ALLOW_FILE_ACCESS=NO", nullptr};
    if (crs.empty() || reference.SetFromUserInput(crs.c_str(), options) != OGRERR_NONE)
    {
        throw InputError("crs: " + quoted(crs) +
                         " is not known; an EPSG code (EPSG:3857), an OGC URI, WKT or PROJJSON would be");
    }
    return reference;
}

OGRSpatialReference with_epsg_code(const OGRSpatialReference &crs)
{
    const std::string code = authority_code(crs);
    for (const auto &[longitude_first, epsg] :
         {std::pair("OGC:CRS84", "EPSG:4326"), std::pair("OGC:CRS83", "EPSG:4269"),
          std::pair("OGC:CRS27", "EPSG:4267")})
    {
        if (code == longitude_first)
        {
            return spatial_reference(epsg);
        }
    }
    return crs;
}

bool same_crs(const OGRSpatialReference &one, const OGRSpatialReference &other)
{
    const char *const options[] = {"IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING=YES", "IGNORE_COORDINATE_EPOCH=YES", nullptr};
    return one.IsSame(&other, options) != 0;
}

std::string wkt(const OGRSpatialReference &crs)
{
    const char *const options[] = {"FORMAT=WKT2_2019", nullptr};
    char *text = nullptr;
    crs.exportToWkt(&text, options);
    const std::unique_ptr<char, decltype(&VSIFree)> owner(text, VSIFree);
    return text != nullptr ? text : "";
}

std::string wkt1(const OGRSpatialReference &crs)
{
    char *text = nullptr;
    crs.exportToWkt(&text);
    const std::unique_ptr<char, decltype(&VSIFree)> owner(text, VSIFree);
    return text != nullptr ? text : "";
}

std::string authority_code(const OGRSpatialReference &crs)
{
    const char *authority = crs.GetAuthorityName(nullptr);
    const char *code = crs.GetAuthorityCode(nullptr);
    return authority != nullptr && code != nullptr ? std::string(authority) + ":" + code : std::string();
}

bool is_mercator(const OGRSpatialReference &crs)
{
    const char *projection = crs.GetAttrValue("PROJECTION");
    return projection != nullptr && (EQUAL(projection, SRS_PT_MERCATOR_1SP) || EQUAL(projection, SRS_PT_MERCATOR_2SP) ||
                                     EQUAL(projection, SRS_PT_MERCATOR_AUXILIARY_SPHERE));
}

stac::CrsFacts crs_facts(const std::string &crs)
{
    const OGRSpatialReference reference = spatial_reference(crs);
    stac::CrsFacts facts;
    facts.northing_first = reference.EPSGTreatsAsLatLong() != 0 || reference.EPSGTreatsAsNorthingEasting() != 0;
    facts.geographic = reference.IsGeographic() != 0;
    facts.metres_per_unit =
        facts.geographic ? reference.GetAngularUnits() * reference.GetSemiMajor() : reference.GetLinearUnits();
    return facts;
}

stac::Bounds transform_bounds(const stac::Bounds &bounds, const OGRSpatialReference &from,
                              const OGRSpatialReference &to)
{
    constexpr int kPointsAnEdge = 21;
    const store::GdalErrors errors;
    const std::unique_ptr<OGRCoordinateTransformation> transformation(OGRCreateCoordinateTransformation(&from, &to));
    stac::Bounds result;
    const bool done = transformation && transformation->TransformBounds(bounds.min_x, bounds.min_y, bounds.max_x,
                                                                        bounds.max_y, &result.min_x, &result.min_y,
                                                                        &result.max_x, &result.max_y, kPointsAnEdge);
    if (!done || !std::isfinite(result.min_x) || !std::isfinite(result.min_y) || !std::isfinite(result.max_x) ||
        !std::isfinite(result.max_y))
    {
        throw InputError("bounds: " + std::to_string(bounds.min_x) + ", " + std::to_string(bounds.min_y) + ", " +
                         std::to_string(bounds.max_x) + ", " + std::to_string(bounds.max_y) + " do not lie where '" +
                         to.GetName() + "' is defined");
    }
    return result;
}

std::vector<double> crs84_bbox(const stac::Bounds &bounds, const std::string &crs)
{
    const stac::Bounds degrees = transform_bounds(bounds, spatial_reference(crs), spatial_reference("OGC:CRS84"));
    constexpr double kHalfTurn = 180;
    constexpr double kBesideIt = 1e-6;
    const auto [west, east] = std::pair(degrees.min_x, degrees.max_x);
    if (west >= -kHalfTurn && east <= kHalfTurn)
    {
        return {west, degrees.min_y, east, degrees.max_y};
    }
    if (east - west >= 2 * kHalfTurn - kBesideIt)
    {
        return {-kHalfTurn, degrees.min_y, kHalfTurn, degrees.max_y};
    }
    // Longitudes that are counted on: each end of the bounds has its own number of turns (RFC 7946, 5.2).
    const double turns_west = std::floor((west + kHalfTurn + kBesideIt) / (2 * kHalfTurn)) * 2 * kHalfTurn;
    const double turns_east = std::ceil((east - kHalfTurn - kBesideIt) / (2 * kHalfTurn)) * 2 * kHalfTurn;
    return {std::max(west - turns_west, -kHalfTurn), degrees.min_y, std::min(east - turns_east, kHalfTurn),
            degrees.max_y};
}

} // namespace tiledir::raster
