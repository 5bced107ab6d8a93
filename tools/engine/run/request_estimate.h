// How many requests a run will make, before it makes them.
#pragma once

#include "tools/engine/plan/plan.h"

namespace tiledir::engine
{

/// By kind: {"PUT": {"tiles", "state"}, "GET": {"inputs", "tiles", "state"}, "LIST"}. `state` is the journal, the item
/// and the like. PUTs of tiles are right where no tile is empty, else too many; the rest is about right. Null where
/// neither inputs nor output lie over a network. `fresh`: nothing is in the output.
Json estimated_requests(const ResolvedRecipe &resolved, const Plan &plan, bool fresh);

} // namespace tiledir::engine
