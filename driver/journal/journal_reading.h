// Reads a journal whole.
#pragma once

#include "driver/journal/journal_folder.h"
#include "driver/journal/tile_states.h"
#include "stac/error.h"

#include <functional>
#include <string>
#include <vector>

namespace tiledir::journal
{

/// A file of a journal is there and cannot be understood: no other reading of it helps.
class DamagedJournal : public TileError
{
public:
    using TileError::TileError;
};

/// What a journal's files said, and which these were.
struct ReadJournal
{
    TileStates states;
    std::vector<std::string> files;     ///< all that were listed, in the order of their reading
    std::vector<std::string> cut_short; ///< of these what says nothing: a power cut took its end, nothing relies on it
};

/// Reads files of these names, some side by side. One that is gone once it is read was replaced by another, which a new
/// list has. A file that is cut short, and is the last of its writer, says nothing: what it names is only believed once
/// it is durable. Throws StoreError where a file is listed and cannot be found, however often; DamagedJournal for
/// one that cannot be understood, InputError for one of a newer tiledir. From the calling thread `each`, if any, is
/// told what one file says.
ReadJournal read_journal(JournalFolder &folder, std::vector<std::string> names, const stac::TileMatrixSet &grid,
                         const std::function<void(const std::string &name, const TileStates &said)> &each = nullptr);

} // namespace tiledir::journal
