// The STAC item of an output.
#pragma once

#include "driver/store/store.h"
#include "stac/tile_set.h"
#include "tools/engine/resolve.h"

#include <string>
#include <vector>

namespace tiledir::engine
{

/// Writes `stac.json`; `before`: properties of the one that was there. `tiles` are those that the output stands for, by
/// level; their bounding ranges are the limits. `notes` are differences accepted by --accept-old: what earlier items
/// say of them is kept. The first write's time is kept, the last is now. `state` of the run: its property
/// `tiledir:state`.
void write_item(store::Store &store, const Job &job, const stac::LevelSets &tiles,
                const std::vector<std::string> &notes, const std::string &state, const nlohmann::json &before);
/// The same, after a look at what is there.
void write_item(store::Store &store, const Job &job, const stac::LevelSets &tiles,
                const std::vector<std::string> &notes, const std::string &state);

/// Properties of the item that is there; an empty object where there is none.
nlohmann::json item_properties(const store::Store &store);
/// What the item that is there says of its run; empty where it says nothing.
std::string state_in_item(const store::Store &store);

} // namespace tiledir::engine
