// Why a tile was not made, and what to do about it.
#pragma once

#include "stac/grid/tile_set.h"

#include <exception>
#include <string>

namespace tiledir::engine
{

enum class Cause
{
    Tile,    ///< the tile's own: it would fail again
    Passing, ///< of the network, or of a file that lies over one: it may do when tried again
    Run      ///< no other tile would fare better: the run stops, its tiles stay pending
};

/// Of something thrown while a tile was made. StoreError is Run; so is an input that answers 401 or 403.
Cause cause_of(const std::exception &error);

/// One word for reports: `network` for what can pass, `memory` where there was none left, else `tile`.
std::string cause_name(const std::exception &error);

struct TileFailure
{
    stac::TileId tile;
    std::string reason;
    int attempts = 1;
    std::string cause = "tile"; ///< tile, network, crash, memory or timeout
};

/// Attempts at a tile whose failure may pass.
constexpr int kMostAttempts = 4;
/// Seconds to wait before the next attempt: half a second, doubled each time, and by chance up to half more.
double seconds_before_attempt(int attempts_made);

} // namespace tiledir::engine
