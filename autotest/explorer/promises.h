// What docs/explanation/concurrency.md and docs/explanation/journal.md promise of an output once all its writers are
// done.
#pragma once

#include "autotest/explorer/memory_folder.h"
#include "autotest/explorer/small_output.h"

#include <set>
#include <string>

namespace tiledir::explorer
{

/// Each says what is wrong, or nothing.

/// Each overview is what the tiles below it give.
std::string overviews_are_right(const MemoryFolder &folder);
/// The item's limits hold all tiles that are there.
std::string limits_hold_all(const MemoryFolder &folder);
/// There are just these tiles, but for `foreign` keys, of which there may be any.
std::string tiles_are(const MemoryFolder &folder, const Tiles &expected, const std::set<std::string> &foreign = {});
/// What the journal calls stored is there, made by the recorded recipe of the recorded inputs, which are among those
/// given. Says nothing of an output that only --overwrite may go on with.
std::string journal_is_true(const MemoryFolder &folder, const std::vector<Recipe> &recipes,
                            const std::set<std::string> &foreign = {});
/// Nobody has left an intent.
std::string no_intent_is_left(const MemoryFolder &folder);

/// Which of these the output has recorded; null: none, or it is to be overwritten.
const Recipe *recorded(const MemoryFolder &folder, const std::vector<Recipe> &recipes);

/// The pixels of a tile.
std::vector<unsigned char> pixels_of(const store::Bytes &tile);

} // namespace tiledir::explorer
