// What is done, by what the journal says: small immutable files, each written once, after the tiles it names are
// durable. See docs/explanation/journal.md.
#pragma once

#include "driver/journal/journal_files.h"
#include "driver/journal/tile_states.h"
#include "stac/grid/level_sets.h"

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tiledir::journal
{

/// Files are named GENERATION-KIND-WRITER-NUMBER and read in the order of their names. A generation is one run. Kinds:
/// 0redo (tiles no longer done), 1done. What stands in them: journal_document.h.
class Journal
{
public:
    /// Reads what is there: lists once and reads each file once. Throws as read_journal().
    Journal(store::Store &output, JournalFolder folder, const stac::TileMatrixSet &grid);
    Journal(store::Store &output, const stac::TileMatrixSet &grid);

    const TileStates &before() const
    {
        return m_before;
    }                       ///< what was said when this run began, less what it is to make
    TileStates now() const; ///< what is said once all is written
    std::size_t files() const { return m_files.size(); }
    /// Files that a power cut has cut short, which say nothing.
    const std::vector<std::string> &cut_short() const { return m_cut_short; }
    /// The last file, to see its time; empty where there is none.
    std::string newest_file() const;

    /// From now on asked before anything is written or removed: it throws where this run is no longer the one to do so.
    void write_only_while(std::function<void()> check) { m_check = std::move(check); }

    /// Makes the journal this output's own, before the first file is written.
    void claim() { m_folder.claim(); }

    /// Looks which files are there: those of this run are read after them. Where it was not called, the first file
    /// looks.
    void begin() { writer(); }

    /// Records tiles that are to be made, whatever was said of them; before() forgets them. Durable when it returns.
    void redo(const stac::LevelSets &tiles);

    /// Notes a finished tile. From any thread. Two seconds after the last flush() the caller's thread does it.
    void add(const stac::TileId &tile, bool stored);
    /// Notes a tile that cannot be made. From any thread; written with the others.
    void fail(const stac::TileId &tile, const std::string &reason, int attempts);
    /// Notes tiles that are to be made again once others are.
    void postpone(const stac::LevelSets &tiles);
    /// Writes what is noted, from any thread: first the tiles are made durable, then a file names them. Many files of
    /// this run become one.
    void flush();

    /// What others have said since before() was read.
    TileStates said_by_others();

    /// Replaces all files by one, when they are many. Nobody else may be making this output, and no other thread may
    /// use the journal.
    void compact();

    /// Removes all files.
    void clear();

private:
    /// Files of this run and what they say; those of the next rank are each made of many.
    struct Rank
    {
        std::vector<std::string> files;
        TileStates said;
    };

    void read(std::vector<std::string> names);
    void make_durable();
    JournalFiles &writer();
    void write_done(const TileStates &tiles);
    void remove(const std::vector<std::string> &names);
    void merge();
    TileStates take_noted();

    store::Store &m_output;
    JournalFolder m_folder;
    const stac::TileMatrixSet &m_grid;
    std::vector<std::string> m_files;
    std::vector<std::string> m_cut_short;
    TileStates m_before;
    std::function<void()> m_check = [] {};
    std::mutex m_write_mutex; ///< guards the writing of files, and what follows
    std::optional<JournalFiles> m_writer;
    std::vector<Rank> m_ranks;
    std::mutex m_mutex; ///< guards what follows
    TileStates m_noted;
    bool m_has_noted = false;
    std::chrono::steady_clock::time_point m_last_write;
};

} // namespace tiledir::journal
