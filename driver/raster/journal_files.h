// Files of a run's journal: their names and lines. See docs/journal.md.
#pragma once

#include "driver/raster/journal_folder.h"
#include "stac/tile_matrix_set.h"
#include "stac/tile_set.h"

#include <string>
#include <vector>

namespace tiledir::raster
{

constexpr const char *kJournalHeading = "tiledir journal 1";

/// `WORD LEVEL ROW FIRST LAST` for each run of tiles, LEVEL being the tile matrix's id.
std::string journal_lines(const char *word, const stac::TileMatrixSet &grid, const stac::LevelSets &tiles);

/// Writes files GENERATION-KIND-WRITER-NUMBER, each of which is read after those that were there before.
class JournalFiles
{
public:
    /// `there`: names of the files that are there.
    JournalFiles(JournalFolder &folder, const std::vector<std::string> &there);

    /// A whole file; its name. Throws as Store::write().
    std::string write(const char *kind, const std::string &content);
    /// One that is read right after `name`, before all that come after that.
    std::string write_after(const std::string &name, const std::string &content);

private:
    JournalFolder &m_folder;
    std::string m_generation;
    std::string m_writer;
    int m_number = 0;
};

/// Where the folder is the output of a run: tells its journal of tiles that somebody else has written (resuming keeps
/// them) and of tiles that are stale (the next run makes them). Else does nothing.
void tell_journal(store::Store &store, const stac::TileMatrixSet &grid, const stac::LevelSets &foreign,
                  const stac::LevelSets &stale);

} // namespace tiledir::raster
