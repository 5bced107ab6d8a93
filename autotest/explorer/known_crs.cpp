// The only CRS of the explorer, CRS84, looked up once: what PROJ finds out anew on each thread takes ten times as long
// as all else that a run of a few tiles does. Linked in the place of driver/raster/crs/spatial_reference.cpp.
#include "driver/raster/crs/spatial_reference.h"

#include <cpl_conv.h>

#include <stdexcept>

namespace tiledir::raster
{

namespace
{

const OGRSpatialReference &crs84()
{
    static const OGRSpatialReference kCrs84 = []
    {
        OGRSpatialReference crs;
        crs.SetFromUserInput("OGC:CRS84");
        crs.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
        return crs;
    }();
    return kCrs84;
}

std::string text_of(const OGRSpatialReference &crs, const char *format)
{
    const char *const options[] = {format, nullptr};
    char *text = nullptr;
    crs.exportToWkt(&text, options);
    std::string result = text;
    CPLFree(text);
    return result;
}

} // namespace

OGRSpatialReference spatial_reference(const std::string &crs)
{
    if (crs.find("CRS84") == std::string::npos && crs.find("WGS 84") == std::string::npos)
    {
        throw std::logic_error("the explorer knows CRS84 alone, not " + crs);
    }
    return crs84();
}

OGRSpatialReference with_epsg_code(const OGRSpatialReference &crs)
{
    return crs;
}

bool same_crs(const OGRSpatialReference & /*one*/, const OGRSpatialReference & /*other*/)
{
    return true;
}

std::string wkt(const OGRSpatialReference & /*crs*/)
{
    static const std::string kText = text_of(crs84(), "FORMAT=WKT2_2019");
    return kText;
}

std::string wkt1(const OGRSpatialReference & /*crs*/)
{
    static const std::string kText = text_of(crs84(), "FORMAT=WKT1");
    return kText;
}

std::string authority_code(const OGRSpatialReference & /*crs*/)
{
    return "OGC:CRS84";
}

bool is_mercator(const OGRSpatialReference & /*crs*/)
{
    return false;
}

stac::CrsFacts crs_facts(const std::string & /*crs*/)
{
    static const double kMetres = crs84().GetAngularUnits() * crs84().GetSemiMajor();
    stac::CrsFacts facts;
    facts.geographic = true;
    facts.metres_per_unit = kMetres;
    return facts;
}

stac::Bounds transform_bounds(const stac::Bounds &bounds, const OGRSpatialReference & /*from*/,
                              const OGRSpatialReference & /*to*/)
{
    return bounds;
}

std::vector<double> crs84_bbox(const stac::Bounds &bounds, const std::string & /*crs*/)
{
    return {bounds.min_x, bounds.min_y, bounds.max_x, bounds.max_y};
}

} // namespace tiledir::raster
