// What the text of a CRS alone tells, for the few facts that grids need where no PROJ is at hand.
#pragma once

#include <string>

namespace tiledir::stac
{

/// "EPSG:3857" for every spelling of an authority's code (code, URN, http and https URI, safe CURIE); CRS84 is
/// "OGC:CRS84". Any other text (WKT, PROJJSON, user input) comes back as it is.
std::string crs_name(const std::string &crs);

/// True for OGC's CRS84 family, common geographic EPSG codes, and WKT and PROJJSON of a geographic CRS.
bool is_geographic_crs(const std::string &crs);

/// Would PROJ open a file of the writer's choice for it? A path may stand for a grid (+nadgrids=, PARAMETERFILE[], a
/// PROJJSON parameter), a model, a tin, or where +init= is defined.
bool names_a_file(const std::string &crs);

} // namespace tiledir::stac
