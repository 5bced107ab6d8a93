// The STAC item of an output.
#pragma once

#include "driver/store/store.h"
#include "stac/tile_set.h"
#include "tools/engine/resolve.h"

#include <string>
#include <vector>

namespace tiledir::engine
{

/// Writes `stac.json`. `tiles` are those that the output stands for, by level; their bounding ranges are the limits.
/// `notes` are differences accepted by --accept-old: what earlier items say of them is kept. The first write's time is
/// kept, the last is now.
void write_item(store::Store &store, const Job &job, const stac::LevelSets &tiles,
                const std::vector<std::string> &notes);

} // namespace tiledir::engine
