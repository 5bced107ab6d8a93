// Which tiles --retry-failed and --check make.
#pragma once

#include "driver/store/store.h"
#include "tools/engine/done_tiles.h"
#include "tools/engine/resolve.h"

namespace tiledir::engine
{

/// What a plan is to leave alone so that it makes only the tiles that failed and the overviews that wait for them.
stac::LevelSets all_but_failed(const Job &job, const DoneTiles &before);

/// Of `planned` those overviews under which other tiles are still pending: not done before these are.
stac::LevelSets above_pending(const Job &job, const DoneTiles &before, const stac::LevelSets &planned);

/// Selected tiles that should be in the store and are not. Throws as missing_tiles().
stac::LevelSets removed_tiles(const store::Store &store, const Job &job, const DoneTiles &before);

} // namespace tiledir::engine
