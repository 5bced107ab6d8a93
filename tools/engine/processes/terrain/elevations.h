// What the pixels of an input's files mean: units, scale and offset.
#pragma once

#include "driver/raster/input/mosaic.h"

#include <string>
#include <vector>

namespace tiledir::engine
{

/// Metres a unit of a band; 1 where the unit is not known to be another.
double metres_of_unit(const std::string &unit);

/// Makes the mosaic of these files one of elevations in the unit of the first: each file by its own scale, offset and
/// unit. Throws InputError that names a file whose unit differs from that of the first and is not known.
void make_elevations(std::vector<raster::MosaicFile> &files);

/// Pixels are taken as they are: throws InputError that names a file whose unit, scale or offset differs from that of
/// the first.
void check_same_values(const std::vector<raster::MosaicFile> &files);

} // namespace tiledir::engine
