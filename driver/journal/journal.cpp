#include "driver/journal/journal.h"

#include "driver/journal/journal_document.h"
#include "driver/journal/journal_reading.h"
#include "driver/store/task_queue.h"

#include <algorithm>
#include <utility>

namespace tiledir::journal
{
namespace
{

constexpr std::chrono::seconds kWriteInterval{2};
constexpr std::size_t kManyFiles = 16;

int threads_for(std::size_t files)
{
    constexpr int kMost = 16;
    return static_cast<int>(std::clamp<std::size_t>(files / 4, 1, kMost));
}

} // namespace

Journal::Journal(store::Store &output, JournalFolder folder, const stac::TileMatrixSet &grid)
    : m_output(output)
    , m_folder(std::move(folder))
    , m_grid(grid)
    , m_last_write(std::chrono::steady_clock::now())
{
    read(m_folder.found());
}

Journal::Journal(store::Store &output, const stac::TileMatrixSet &grid)
    : Journal(output, JournalFolder(output), grid)
{
}

void Journal::read(std::vector<std::string> names)
{
    ReadJournal found = read_journal(m_folder, std::move(names), m_grid);
    m_before = std::move(found.states);
    m_files = std::move(found.files);
    m_cut_short = std::move(found.cut_short);
}

/// Of two ranks the next was said first.
TileStates Journal::now() const
{
    TileStates tiles = m_before;
    for (auto rank = m_ranks.rbegin(); rank != m_ranks.rend(); ++rank)
    {
        tiles.say(rank->said);
    }
    return tiles;
}

std::string Journal::newest_file() const
{
    return m_files.empty() ? std::string() : m_folder.path(m_files.back());
}

/// Files are read after all those that are there when the first of them is written.
JournalFiles &Journal::writer()
{
    if (!m_writer)
    {
        m_writer.emplace(m_folder, m_folder.list());
    }
    return *m_writer;
}

void Journal::redo(const stac::LevelSets &tiles)
{
    const std::lock_guard<std::mutex> writing(m_write_mutex);
    TileStates said;
    for (const auto &[level, set] : tiles)
    {
        said.say(&TileStates::pending, level, set);
    }
    m_before.say(said);
    if (!said.pending.empty())
    {
        m_check();
        m_files.push_back(writer().write("0redo", journal_document(said, m_grid)));
    }
    make_durable();
    m_output.sync();
}

/// The files, and then their names.
void Journal::make_durable()
{
    m_folder.sync();
    m_folder.sync();
}

void Journal::add(const stac::TileId &tile, bool stored)
{
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        (stored ? m_noted.stored : m_noted.empty).insert(tile);
        m_has_noted = true;
        const auto now = std::chrono::steady_clock::now();
        if (now - m_last_write < kWriteInterval)
        {
            return;
        }
        m_last_write = now;
    }
    flush();
}

void Journal::fail(const stac::TileId &tile, const std::string &reason, int attempts)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_noted.failed.insert(tile);
    m_noted.failures[tile] = {reason, attempts};
    m_has_noted = true;
}

void Journal::postpone(const stac::LevelSets &tiles)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_noted.pending.insert(tiles);
    m_has_noted = m_has_noted || !tiles.empty();
}

TileStates Journal::take_noted()
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_has_noted = false;
    m_last_write = std::chrono::steady_clock::now();
    return std::exchange(m_noted, TileStates());
}

void Journal::flush()
{
    const std::lock_guard<std::mutex> writing(m_write_mutex);
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        if (!m_has_noted)
        {
            return;
        }
    }
    const TileStates noted = take_noted();
    m_check();
    if (m_folder.is_elsewhere())
    {
        m_output.sync();
    }
    write_done(noted);
    m_folder.sync(); // tiles and the file before are durable, then this one has its name
    merge();
}

void Journal::write_done(const TileStates &tiles)
{
    if (m_ranks.empty())
    {
        m_ranks.emplace_back();
    }
    Rank &first = m_ranks.front();
    first.files.push_back(writer().write("1done", journal_document(tiles, m_grid)));
    m_files.push_back(first.files.back());
    first.said.say(tiles);
}

/// Many files of a rank become one of the next: in the end there are a few of each rank, and each tile was written as
/// often as there are ranks.
void Journal::merge()
{
    for (std::size_t rank = 0; rank < m_ranks.size() && m_ranks[rank].files.size() >= kManyFiles; ++rank)
    {
        if (rank + 1 == m_ranks.size())
        {
            m_ranks.emplace_back();
        }
        const Rank merged = std::exchange(m_ranks[rank], Rank());
        const std::string name = writer().write("1done", journal_document(merged.said, m_grid));
        make_durable();
        m_check();
        remove(merged.files);
        for (const std::string &file : merged.files)
        {
            m_files.erase(std::remove(m_files.begin(), m_files.end(), file), m_files.end());
        }
        m_files.push_back(name);
        m_ranks[rank + 1].files.push_back(name);
        m_ranks[rank + 1].said.say(merged.said);
    }
}

TileStates Journal::said_by_others()
{
    const std::lock_guard<std::mutex> writing(m_write_mutex);
    std::vector<std::string> names = m_folder.list();
    const auto is_known = [this](const std::string &name)
    { return std::find(m_files.begin(), m_files.end(), name) != m_files.end(); };
    names.erase(std::remove_if(names.begin(), names.end(), is_known), names.end());
    return read_journal(m_folder, std::move(names), m_grid).states;
}

void Journal::compact()
{
    flush();
    if (m_files.size() < kManyFiles)
    {
        return;
    }
    m_check();
    read(m_folder.list());
    const std::vector<std::string> replaced = m_files;
    // In the place of the last of them: what comes later, whoever writes it, is still read later.
    m_files = {writer().write_after(replaced.back(), journal_document(m_before, m_grid))};
    make_durable();
    remove(replaced);
    m_ranks.clear();
}

void Journal::clear()
{
    m_check();
    remove(m_folder.list());
    m_files.clear();
}

/// Side by side: over a network each takes a while.
void Journal::remove(const std::vector<std::string> &names)
{
    store::TaskQueue removing(threads_for(names.size()));
    for (const std::string &name : names)
    {
        removing.add([&] { m_folder.remove(name); });
    }
    removing.finish();
}

} // namespace tiledir::journal
