// How far an output is, by its journal.
#pragma once

#include "driver/journal/tile_states.h"
#include "driver/raster/pyramid/pyramid.h"
#include "stac/grid/level_sets.h"
#include "tools/engine/processes/process_registry.h"
#include "tools/engine/schema/schema.h"

#include <string>

namespace tiledir::engine
{

constexpr const char *kRunning = "running";
constexpr const char *kFinished = "finished";
constexpr const char *kFinishedWithFailures = "finished with failures";
constexpr const char *kStopped = "stopped";

/// Overviews that need one of these tiles, all the way up. With `pyramid` as a run makes it.
stac::LevelSets waiting_for(const raster::Pyramid &pyramid, const stac::LevelSets &tiles);

/// Of an output that nobody makes at the moment: stopped where a tile is still to be made that waits for no failed one.
std::string state_of(const journal::TileStates &tiles, const raster::Pyramid &pyramid, bool overviews_from_process);

/// `{"output", "state", "by": [who], "started", "updated", "levels": {ID: {"stored", "empty", "foreign", "failed",
/// "pending"}}, "failed": [{"tile", "reason", "attempts"}]}`. Writes nothing. Throws InputError where the folder is no
/// output of a run, else as Journal.
Json status(const std::string &folder, const ProcessRegistry &processes);

} // namespace tiledir::engine
