// An input file opened for reading.
#pragma once

#include <gdal_priv.h>

#include <string>

namespace tiledir::raster
{

/// Opens a raster to read; null where that fails (store::GdalErrors tells why), also where its mask file does. Takes
/// part in no sharing between threads.
GDALDatasetUniquePtr open_raster(const std::string &path);

/// Path of a file that should hold the raster's mask (NAME.msk), and is none: GDAL takes all pixels for valid then.
/// Empty where there is no such file; over a network no one is asked.
std::string broken_mask_file(GDALDataset &file);

/// GDAL before 3.7 has signed bytes as Byte, and says so: values above 127 are 256 less.
bool is_signed_byte(GDALRasterBand &band);

/// The bands that are data: all but an alpha band at the end.
int data_bands(GDALDataset &file);

} // namespace tiledir::raster
