// Makes the overviews above tiles that have changed, and no others.
#pragma once

#include "driver/raster/tile_pyramid.h"

#include <functional>

namespace tiledir::raster
{

struct RefreshSettings
{
    int threads = 1;
    std::function<bool(double done)> go_on; ///< from 0 to 1, from the calling thread; false: to be ended
};

/// Makes all tiles above these of the base level again, level by level, those of which a kernel touches a changed tile
/// too. Tiles without data are removed where the pyramid can do without them. Right beside other writers, whatever the
/// store: see docs/concurrency.md. Throws TileError, StoreError.
void refresh(const TilePyramid &pyramid, const stac::TileSet &base_tiles, const RefreshSettings &settings);

} // namespace tiledir::raster
