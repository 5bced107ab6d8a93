// The STAC item of an output.
#pragma once

#include "driver/store/store.h"
#include "stac/grid/level_sets.h"
#include "tools/engine/resolved/resolved_recipe.h"

#include <optional>
#include <string>
#include <vector>

namespace tiledir::engine
{

/// The item that is there.
using ItemThere = std::optional<store::StampedObject>;
ItemThere item_there(const store::Store &store);

/// Writes `stac.json`. `tiles` are those that the output stands for, by level; their bounding ranges are the limits.
/// `notes` are differences accepted by --accept-old: what earlier items say of them is kept. The first write's time is
/// kept, the last is now. `state` of the run: its property `tiledir:state`. What others have put into the item stays
/// (stac::merged_item()), also what they put there while this writes; `there` saves a look. On a local disk it has its
/// name after the next sync().
void write_item(store::Store &store, const ResolvedRecipe &resolved, const stac::LevelSets &tiles,
                const std::vector<std::string> &notes, const std::string &state, const ItemThere &there);

/// Properties of the item that is there; an empty object where there is none.
nlohmann::json item_properties(const ItemThere &there);
/// What the item that is there says of its run; empty where it says nothing.
std::string state_in_item(const ItemThere &there);

} // namespace tiledir::engine
