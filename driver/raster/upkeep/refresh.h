// Makes the overviews again that lie above what changed.
#pragma once

#include "driver/raster/pyramid/tile_pass.h"
#include "driver/raster/pyramid/tile_pyramid.h"
#include "stac/grid/level_sets.h"

#include <cstdint>
#include <functional>

namespace tiledir::raster
{

struct RefreshSettings
{
    int threads = 1;
    GoOn go_on;
    std::size_t memory = std::size_t{64} << 20; ///< bytes of tiles kept, so that they need not be read again
};

struct RefreshResult
{
    std::int64_t written = 0;
    std::int64_t removed = 0;
    std::int64_t unchanged = 0;
};

/// Tiles of all levels whose pixels depend on these tiles, which may be of any level; without those of the base level.
stac::LevelSets overviews_above(const Pyramid &pyramid, const stac::LevelSets &tiles);
/// Adds those whose pixels depend on these of the base level, in tiles that were there before and are still there.
void add_overviews_above(const Pyramid &pyramid, const stac::PixelWindow &pixels, stac::LevelSets &overviews);

/// Makes these overviews again, from the finest level up, as a rebuild of the whole pyramid makes them. A tile without
/// tiles under it, and one without data where that can be told, is removed; one that is as it should be is not written.
///
/// Any number of refreshes of the same or of neighbouring tiles may run at once, beside writers of base tiles: when all
/// have ended, each overview is what the tiles below it give. (The last write of an overview is by somebody who saw
/// after it that the tiles below were still those that it was made from; who changes one of them later makes it again.)
/// Throws TileError (some tiles could not be made, the others are), StoreError, Interrupted.
RefreshResult renew(const TilePyramid &tiles, const stac::LevelSets &overviews, const RefreshSettings &settings = {});

} // namespace tiledir::raster
