// Words of those who write tiles and are no run, to the journal of a run.
#pragma once

#include "driver/journal/tile_states.h"
#include "driver/store/store.h"
#include "stac/grid/tile_matrix_set.h"

#include <chrono>
#include <optional>

namespace tiledir::journal
{

/// Where the folder is the output of a run: tells its journal of tiles that somebody else has written (`foreign`:
/// resuming keeps them; `parts`) and of tiles that are stale (`pending`: the next run makes them). Else does nothing.
/// Durable after the store's next sync(). Throws as Store::write() and sync().
void tell_journal(store::Store &store, const stac::TileMatrixSet &grid, const TileStates &said);

/// When a run has last said something of this level, in our time and not before it was: the newest file of the journal
/// that says of its tiles that they are to be made, or of any that they are done. Nullopt where there is no run. Throws
/// as read_journal().
std::optional<std::chrono::steady_clock::time_point> last_word_of_run(store::Store &store,
                                                                      const stac::TileMatrixSet &grid, int level);

} // namespace tiledir::journal
