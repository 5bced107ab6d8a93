// One run, as its executor sees it.
#pragma once

#include "driver/journal/journal.h"
#include "driver/store/store.h"
#include "tools/engine/plan/plan.h"
#include "tools/engine/report/report.h"
#include "tools/engine/resolved/resolved_recipe.h"

#include <cstddef>
#include <functional>
#include <string>

namespace tiledir::engine
{

/// Lives as long as the run; all that it refers to lives longer.
struct RunContext
{
    const ResolvedRecipe &resolved;
    const Plan &plan;
    store::Store &store;
    tiledir::journal::Journal &journal;
    Report &report;
    std::function<bool()> stopping; ///< asked between portions of work
    std::function<void()> abandon;  ///< ends the process, where work does not end soon after `stopping`
    bool fresh = false;             ///< there was nothing in the output
    /// Before a tile is written: returns once that may be done. Throws StoreError: it may not, or not any more.
    std::function<void()> wait_until_open = [] {};
    std::string intent_key; ///< of the run, so that worker processes look at it too
    std::string intent_id;

    /// A tile is written (by a worker: and durable).
    void made(const stac::TileId &tile, bool stored, std::size_t bytes) const;
    /// A tile failed for good; told at once.
    void failed(const TileFailure &failure) const;
};

} // namespace tiledir::engine
