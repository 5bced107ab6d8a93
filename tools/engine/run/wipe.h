// Removes what is in an output that is to be made on another grid, or in another format.
#pragma once

#include "driver/store/store.h"
#include "tools/engine/output/output_state.h"

#include <functional>

namespace tiledir::engine
{

/// Removes all tiles that may lie there, and the journal last: killed on the way, the same command begins again with
/// what is left. `before_each` is asked before anything is removed; what it throws ends the work. Throws as Store.
void wipe(store::Store &store, const OutputState &state, const std::function<void()> &before_each);

/// The same where what the output says of itself is damaged: all files go that have a tile's name by the template
/// or by one of the item's. `before_each` as above. Throws StoreError.
void wipe_listed(store::Store &store, const ResolvedRecipe &resolved, const std::function<void()> &before_each);

} // namespace tiledir::engine
