// Resampling methods by GDAL's names.
#pragma once

#include <gdal.h>
#include <gdalwarper.h>

#include <string>
#include <vector>

namespace tiledir::raster
{

enum class Resampling
{
    Nearest,
    Bilinear,
    Cubic,
    CubicSpline,
    Lanczos,
    Average,
    Rms,
    Mode,
    Gauss
};

/// Name as GDAL's command lines spell it, lower case.
const char *name(Resampling resampling);
/// From a name in any case; throws InputError that lists the known ones.
Resampling resampling_from_name(const std::string &name);
/// Names of the kernels of gdalwarp -r, and of gdaladdo -r.
const std::vector<std::string> &warp_resampling_names();
const std::vector<std::string> &overview_resampling_names();
/// Throws InputError where the warper has no such kernel (gauss).
GDALResampleAlg warp_algorithm(Resampling resampling);
/// What RasterIO() calls it.
GDALRIOResampleAlg io_algorithm(Resampling resampling);
/// Radius in source pixels when not downsampling: nearest 0, bilinear 1, cubic and cubicspline 2, lanczos 3.
int kernel_radius(Resampling resampling);

} // namespace tiledir::raster
