// Data types by GDAL's and STAC's names.
#pragma once

#include <gdal.h>

#include <string>

namespace tiledir::raster
{

/// STAC's name ("uint8", "float32", "cfloat64") of a GDAL type; "other" where STAC has none.
std::string stac_name(GDALDataType type);
/// The GDAL type of STAC's name; GDT_Unknown where this GDAL has none.
GDALDataType type_of_stac_name(const std::string &name);
/// The type to read it into: where this GDAL has no such type, the next larger one (Int16 for int8 before GDAL 3.7,
/// Float32 for float16 before 3.11).
GDALDataType readable_type(const std::string &name);
/// True where the type holds the value exactly.
bool holds(GDALDataType type, double value);

} // namespace tiledir::raster
