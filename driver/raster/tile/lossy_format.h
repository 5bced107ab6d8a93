// Which tiles give other numbers than were put into them.
#pragma once

#include "driver/raster/tile/tile_format.h"

#include <string>

namespace tiledir::raster
{

/// Whether pixels may come back from a tile that are not those it was made of.
bool is_lossy(const TileFormat &format);

/// A line that says how nodata (or alpha, where it says where data is) blurs into the pixels beside it in tiles of a
/// lossy format; empty where it keeps its value.
std::string blurred_nodata(const TileFormat &format);

} // namespace tiledir::raster
