// The text of a journal's file: its one grammar. See docs/explanation/journal.md, Files.
#pragma once

#include "driver/journal/tile_states.h"

#include <string>

namespace tiledir::journal
{

/// The content of a journal's file that says all this: lines, or the same packed where they are many. Lines: `stored
/// LEVEL ROW FIRST LAST`, `empty ...`, `foreign ...`, `redo ...`, `failed ... ATTEMPTS REASON`, where LEVEL is the tile
/// matrix's id and the rest are a row and a run of columns.
std::string journal_document(const TileStates &tiles, const stac::TileMatrixSet &grid);

/// Lets `tiles` say what such a file says too. Throws TileError for one that cannot be understood, InputError for one
/// of a newer tiledir; both begin with `path`.
void read_journal_document(const std::string &path, const std::string &content, const stac::TileMatrixSet &grid,
                           TileStates &tiles);

/// True of what a power cut may leave of a file: nothing, zeros, or a beginning.
bool is_cut_short(const std::string &content);

} // namespace tiledir::journal
