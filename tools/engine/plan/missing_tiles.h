// Which tiles of an output are gone, told by listing its folders.
#pragma once

#include "driver/raster/pyramid/pyramid.h"
#include "driver/store/store.h"
#include "stac/grid/level_sets.h"

namespace tiledir::engine
{

/// Which of `tiles` are not in the store. A request for each row and thousand tiles; for each tile where those of
/// a row are few, or lie in several folders. Throws as Store::list().
stac::LevelSets missing_tiles(const store::Store &store, const raster::Pyramid &pyramid, const stac::LevelSets &tiles);

} // namespace tiledir::engine
