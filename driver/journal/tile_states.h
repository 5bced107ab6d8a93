// What a journal says of tiles.
#pragma once

#include "stac/grid/level_sets.h"
#include "stac/grid/tile_matrix_set.h"

#include <array>
#include <map>
#include <string>
#include <utility>

namespace tiledir::journal
{

/// Why a tile could not be made.
struct NotedFailure
{
    std::string reason;
    int attempts = 1;
};

struct TileStates;
using StateMember = stac::LevelSets TileStates::*;

/// A tile is in one of these sets at most: what was said last of it holds.
struct TileStates
{
    stac::LevelSets stored;
    stac::LevelSets empty;
    stac::LevelSets foreign; ///< written by others than a run
    stac::LevelSets parts;   ///< to be said: others have written a part
    stac::LevelSets failed;  ///< not done
    stac::LevelSets pending; ///< not done: a run is to make it
    std::map<stac::TileId, NotedFailure> failures;

    /// Tiles that are done: stored, empty or foreign.
    stac::LevelSets all() const;
    bool is_empty() const;
    /// Nothing is said of these tiles any more.
    void erase(const stac::LevelSets &tiles);
    /// Says one thing of these tiles, and nothing else any more. Of which a part was written, those are foreign that no
    /// run is to make; `parts` stays empty.
    void say(StateMember word, int level, const stac::TileSet &tiles);
    /// Says what `later` says, which holds where both say something.
    void say(const TileStates &later);

private:
    void say_part(int level, stac::TileSet tiles);
};

/// The words of a journal's lines.
inline constexpr std::array<std::pair<const char *, StateMember>, 6> kStateWords{{{"stored", &TileStates::stored},
                                                                                  {"empty", &TileStates::empty},
                                                                                  {"foreign", &TileStates::foreign},
                                                                                  {"part", &TileStates::parts},
                                                                                  {"failed", &TileStates::failed},
                                                                                  {"redo", &TileStates::pending}}};

} // namespace tiledir::journal
