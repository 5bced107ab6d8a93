#include "tools/engine/journal.h"

#include "stac/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace tiledir::engine
{
namespace
{

constexpr std::chrono::seconds kWriteInterval{2};
constexpr std::size_t kManyFiles = 16;

} // namespace

stac::LevelSets DoneTiles::all() const
{
    stac::LevelSets sets = stored;
    for (const stac::LevelSets *more : {&empty, &foreign})
    {
        for (const auto &[level, tiles] : *more)
        {
            sets[level].insert(tiles);
        }
    }
    return sets;
}

void DoneTiles::erase(const stac::LevelSets &tiles)
{
    for (const auto &[level, set] : tiles)
    {
        stored[level].erase(set);
        empty[level].erase(set);
        foreign[level].erase(set);
    }
}

Journal::Journal(store::Store &store, const stac::TileMatrixSet &grid)
    : m_store(store)
    , m_grid(grid)
    , m_files(store.list(raster::kJournalFolder))
    , m_writer(store, m_files)
    , m_last_write(std::chrono::steady_clock::now())
{
    for (const auto &name : m_files)
    {
        read(name);
    }
}

void Journal::read(const std::string &name)
{
    const std::string key = std::string(raster::kJournalFolder) + "/" + name;
    const auto text = m_store.read_text(key);
    if (!text)
    {
        return; // another run compacted it meanwhile; its replacement is read as well
    }
    const auto refuse = [&](const std::string &what) { throw TileError(m_store.path(key) + ": " + what); };
    std::istringstream lines(*text);
    std::string line;
    if (!std::getline(lines, line) || line != raster::kJournalHeading)
    {
        refuse(fmt::format("is not a journal file: it does not begin with '{}'", raster::kJournalHeading));
    }
    while (std::getline(lines, line))
    {
        std::istringstream words(line);
        std::string kind;
        std::string matrix;
        std::int64_t row = 0;
        std::int64_t first = 0;
        std::int64_t last = 0;
        if (!(words >> kind >> matrix >> row >> first >> last) || first > last)
        {
            refuse(fmt::format("'{}' is not a line of a journal", line));
        }
        const auto level = m_grid.index_of(matrix);
        if (!level)
        {
            refuse(fmt::format("names the tile matrix '{}', which {} has not", matrix, m_grid.id));
        }
        m_before.stored[*level].erase(row, first, last);
        m_before.empty[*level].erase(row, first, last);
        m_before.foreign[*level].erase(row, first, last);
        m_before.pending[*level].erase(row, first, last);
        if (kind == "stored")
        {
            m_before.stored[*level].insert(row, first, last);
        }
        else if (kind == "empty")
        {
            m_before.empty[*level].insert(row, first, last);
        }
        else if (kind == "foreign")
        {
            m_before.foreign[*level].insert(row, first, last);
        }
        else if (kind == "redo")
        {
            m_before.pending[*level].insert(row, first, last);
        }
        else
        {
            refuse(fmt::format("'{}' is none of stored, empty, foreign and redo", kind));
        }
    }
}

std::string Journal::lines(const char *word, const stac::LevelSets &tiles) const
{
    return raster::journal_lines(word, m_grid, tiles);
}

void Journal::write(const char *kind, const std::string &text)
{
    if (const std::string name = m_writer.write(kind, text); !name.empty())
    {
        m_files.push_back(name);
    }
}

void Journal::redo(const stac::LevelSets &tiles)
{
    m_before.erase(tiles);
    write("0redo", lines("redo", tiles));
    m_store.sync();
}

void Journal::add(const stac::TileId &tile, bool stored)
{
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        (stored ? m_pending.stored : m_pending.empty)[tile.level].insert(tile.row, tile.col, tile.col);
        m_has_pending = true;
        const auto now = std::chrono::steady_clock::now();
        if (now - m_last_write < kWriteInterval)
        {
            return;
        }
        m_last_write = now;
    }
    flush();
}

void Journal::flush()
{
    const std::lock_guard<std::mutex> writing(m_write_mutex);
    DoneTiles finished;
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        if (!m_has_pending)
        {
            return;
        }
        std::swap(finished, m_pending);
        m_has_pending = false;
    }
    m_store.sync();
    write("1done", lines("stored", finished.stored) + lines("empty", finished.empty));
}

void Journal::compact()
{
    flush();
    m_files = m_store.list(raster::kJournalFolder);
    if (m_files.size() < kManyFiles)
    {
        return;
    }
    Journal whole(m_store, m_grid);
    const std::vector<std::string> replaced = whole.m_files;
    whole.write("1done", whole.lines("stored", whole.m_before.stored) + whole.lines("empty", whole.m_before.empty) +
                             whole.lines("foreign", whole.m_before.foreign));
    m_store.sync();
    for (const auto &name : replaced)
    {
        m_store.remove(std::string(raster::kJournalFolder) + "/" + name);
    }
}

} // namespace tiledir::engine
