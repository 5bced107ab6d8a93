// What is done, by what the journal says: small immutable files in `.tiledir/journal`, each written once, after the
// tiles it names are durable. See docs/journal.md.
#pragma once

#include "driver/raster/journal_files.h"

#include <chrono>
#include <mutex>
#include <string>

namespace tiledir::engine
{

/// Tiles that are done: stored, found empty, or written by others than a run.
struct DoneTiles
{
    stac::LevelSets stored;
    stac::LevelSets empty;
    stac::LevelSets foreign;
    stac::LevelSets pending; ///< not done: a run was to make it again

    /// Those that are done: stored, empty or foreign.
    stac::LevelSets all() const;
    void erase(const stac::LevelSets &tiles);
};

/// Files are named GENERATION-KIND-WRITER-NUMBER and read in the order of their names. A generation is one run. Kinds:
/// 0redo (tiles no longer done), 1done. Lines: `stored LEVEL ROW FIRST LAST`, `empty ...`, `foreign ...`, `redo ...`,
/// where LEVEL is the tile matrix's id and the rest are a row and a run of columns.
class Journal
{
public:
    /// Reads what is there. Throws TileError for a file that cannot be understood.
    Journal(store::Store &store, const stac::TileMatrixSet &grid);

    const DoneTiles &before() const { return m_before; } ///< what was done when this run began
    std::size_t files() const { return m_files.size(); }

    /// Records that tiles are to be made again; before() forgets them. Durable when it returns.
    void redo(const stac::LevelSets &tiles);

    /// Notes a finished tile. From any thread. Every two seconds or so the caller's thread writes what has come
    /// together: first the tiles are made durable, then a file names them.
    void add(const stac::TileId &tile, bool stored);
    /// Writes the rest.
    void flush();

    /// Replaces many files by one, when there are many. No other thread may use the journal.
    void compact();

private:
    void read(const std::string &name);
    void write(const char *kind, const std::string &lines);
    std::string lines(const char *word, const stac::LevelSets &tiles) const;

    store::Store &m_store;
    const stac::TileMatrixSet &m_grid;
    std::vector<std::string> m_files;
    DoneTiles m_before;
    raster::JournalFiles m_writer;
    std::mutex m_mutex; ///< guards what follows
    std::mutex m_write_mutex;
    DoneTiles m_pending;
    bool m_has_pending = false;
    std::chrono::steady_clock::time_point m_last_write;
};

} // namespace tiledir::engine
