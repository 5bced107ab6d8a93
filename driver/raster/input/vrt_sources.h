// What a VRT is made of.
#pragma once

#include <gdal_priv.h>

#include <string>
#include <vector>

namespace tiledir::raster
{

/// Names of the datasets that a VRT's XML names, at whatever depth, as GDAL opens them; empty of another dataset.
/// GDAL's list of files names neither what lies in a VRT in memory, nor what is opened by other names than a file's.
std::vector<std::string> vrt_sources(GDALDataset &dataset);

/// The first of them that looks like a local file's path and is not there; empty where there is none.
std::string missing_vrt_source(GDALDataset &dataset);

} // namespace tiledir::raster
