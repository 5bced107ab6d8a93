// An input file opened for reading.
#pragma once

#include <gdal_priv.h>

#include <string>

namespace tiledir::raster
{

/// Opens a raster to read; null where that fails (store::GdalErrors tells why). Takes part in no sharing between
/// threads.
GDALDatasetUniquePtr open_raster(const std::string &path);

/// The bands that are data: all but an alpha band at the end.
int data_bands(GDALDataset &file);

} // namespace tiledir::raster
