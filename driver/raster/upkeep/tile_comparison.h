// Is a stored tile what it was to be?
#pragma once

#include "driver/raster/pyramid/tile_pyramid.h"

#include <string>

namespace tiledir::raster
{

/// Empty where the stored pixels are those expected or, of a lossy format, as near as its losses explain; else what
/// differs, in words. Pixels that alpha or a mask leave out are alike whatever their value.
std::string difference(const TilePyramid &tiles, const stac::TileId &tile, const PixelBlock &stored,
                       const PixelBlock &expected);

} // namespace tiledir::raster
