// Exact statistics of the base level, band by band.
#pragma once

#include "driver/raster/pyramid/tile_pass.h"
#include "driver/raster/pyramid/tile_pyramid.h"
#include "stac/item/tiled_assets_item.h"

#include <functional>
#include <optional>
#include <vector>

namespace tiledir::raster
{

struct StatisticsSettings
{
    int threads = 1;
    GoOn go_on;
};

/// Of the valid pixels of a window of the base level: not nodata, not NaN, not left out by mask or alpha. Of a complex
/// number its real part. Nullopt for a band without any, or whose numbers are not finite. Reads each tile once; the
/// same numbers whatever the threads. Throws TileError, StoreError, Interrupted.
std::vector<std::optional<stac::BandStatistics>>
base_statistics(const TilePyramid &tiles, const stac::PixelWindow &window, const StatisticsSettings &settings);

} // namespace tiledir::raster
