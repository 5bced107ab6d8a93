// What a journal says of tiles, and the text in which it says it.
#pragma once

#include "stac/tile_matrix_set.h"
#include "stac/tile_set.h"

#include <map>
#include <string>

namespace tiledir::engine
{

/// Why a tile could not be made.
struct NotedFailure
{
    std::string reason;
    int attempts = 1;
};

/// A tile is in one of these sets at most: what was said last of it holds.
struct DoneTiles
{
    stac::LevelSets stored;
    stac::LevelSets empty;
    stac::LevelSets foreign; ///< written by others than a run
    stac::LevelSets failed;  ///< not done
    stac::LevelSets pending; ///< not done: a run is to make it
    std::map<stac::TileId, NotedFailure> failures;

    /// Those that are done: stored, empty or foreign.
    stac::LevelSets all() const;
    /// Nothing is said of these tiles any more.
    void erase(const stac::LevelSets &tiles);
    /// Says what `later` says, which holds where both say something.
    void say(const DoneTiles &later);
};

/// The content of a journal's file that says all this: lines, or the same packed where they are many.
std::string journal_document(const DoneTiles &tiles, const stac::TileMatrixSet &grid);

/// Lets `tiles` say what such a file says too. Throws TileError for one that cannot be understood, InputError for one
/// of a newer tiledir; both begin with `path`.
void read_journal_document(const std::string &path, const std::string &content, const stac::TileMatrixSet &grid,
                           DoneTiles &tiles);

} // namespace tiledir::engine
