// Which tiles of an output are gone, told by listing its folders.
#pragma once

#include "driver/raster/pyramid/pyramid.h"
#include "driver/store/store.h"

namespace tiledir::engine
{

/// Those of `tiles` that are not in the store. A request for each row and thousand tiles. Throws as Store::list().
stac::LevelSets missing_tiles(const store::Store &store, const raster::Pyramid &pyramid, const stac::LevelSets &tiles);

} // namespace tiledir::engine
