// What the makers of one process share.
#pragma once

#include "driver/store/store.h"
#include "stac/grid/tile_set.h"
#include "tools/engine/making/compute_slots.h"
#include "tools/engine/making/kept_tiles.h"
#include "tools/engine/making/write_queue.h"
#include "tools/engine/plan/batch_order.h"
#include "tools/engine/report/report.h"
#include "tools/engine/resolved/resolved_recipe.h"

#include <cstddef>
#include <functional>

namespace tiledir::engine
{

/// All that it refers to lives longer; its functions may be called from many threads.
struct BatchContext
{
    const ResolvedRecipe &resolved;
    store::Store &store;
    WriteQueue &writes; ///< made and failed may be called from its threads
    KeptTiles &kept;
    ComputeSlots &slots;
    std::function<void(const stac::TileId &tile, bool stored, std::size_t bytes)> made; ///< written, not yet durable
    std::function<void(const TileFailure &failure)> failed;
    std::function<void(const Portion &portion)> begins; ///< before tiles are worked at
    std::function<void()> waits;                        ///< until the next begins(): for what is not the tiles' own
    std::function<bool()> stopping;                     ///< asked between portions of work
    std::function<bool(const stac::TileId &tile)> may_be_there; ///< asked before a tile is read from the store
    std::function<void()> wait_until_open = [] {};              ///< called before a tile is written; throws StoreError
};

} // namespace tiledir::engine
