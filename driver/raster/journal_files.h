// Files of a run's journal in `.tiledir/journal`: their names and lines. See docs/journal.md.
#pragma once

#include "driver/store/store.h"
#include "stac/tile_matrix_set.h"
#include "stac/tile_set.h"

#include <string>
#include <vector>

namespace tiledir::raster
{

constexpr const char *kJournalFolder = ".tiledir/journal";
constexpr const char *kJournalHeading = "tiledir journal 1";

/// `WORD LEVEL ROW FIRST LAST` for each run of tiles, LEVEL being the tile matrix's id.
std::string journal_lines(const char *word, const stac::TileMatrixSet &grid, const stac::LevelSets &tiles);

/// Writes files GENERATION-KIND-WRITER-NUMBER, each of which is read after those that were there before.
class JournalFiles
{
public:
    /// `there`: names of the files that are there.
    JournalFiles(store::Store &store, const std::vector<std::string> &there);

    /// The file's name; empty, and nothing is written, where there are no lines. Throws as Store::write().
    std::string write(const char *kind, const std::string &lines);

private:
    store::Store &m_store;
    std::string m_generation;
    std::string m_writer;
    int m_number = 0;
};

/// Where the folder is the output of a run: tells its journal of tiles that somebody else has written (resuming keeps
/// them) and of tiles that are stale (the next run makes them). Else does nothing.
void tell_journal(store::Store &store, const stac::TileMatrixSet &grid, const stac::LevelSets &foreign,
                  const stac::LevelSets &stale);

} // namespace tiledir::raster
