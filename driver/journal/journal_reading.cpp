#include "driver/journal/journal_reading.h"

#include "driver/journal/journal_document.h"
#include "driver/journal/journal_files.h"
#include "driver/store/backoff.h"
#include "driver/store/task_queue.h"
#include "stac/error.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace tiledir::journal
{

namespace
{

constexpr int kMostReads = 5; ///< while others replace files by fewer
constexpr std::size_t kFilesOfAThread = 4;
constexpr std::size_t kMostThreads = 16;

using Contents = std::vector<std::optional<std::string>>;

Contents contents_of(JournalFolder &folder, const std::vector<std::string> &names)
{
    Contents contents(names.size());
    store::TaskQueue reading(
        static_cast<int>(std::clamp<std::size_t>(names.size() / kFilesOfAThread, 1, kMostThreads)));
    for (std::size_t index = 0; index < names.size(); ++index)
    {
        reading.add([&, index] { contents[index] = folder.read(names[index]); });
    }
    reading.finish();
    return contents;
}

/// By writer: the number of its last file that is whole.
std::map<std::string, std::string> last_whole(const std::vector<std::string> &names, const Contents &contents)
{
    std::map<std::string, std::string> last;
    for (std::size_t index = 0; index < names.size(); ++index)
    {
        if (!is_cut_short(*contents[index]))
        {
            const FileName name = FileName::of(names[index]);
            last[name.writer] = std::max(last[name.writer], name.number);
        }
    }
    return last;
}

void read_document(const std::string &path, const std::string &content, const stac::TileMatrixSet &grid,
                   TileStates &tiles)
{
    try
    {
        read_journal_document(path, content, grid, tiles);
    }
    catch (const TileError &error)
    {
        throw DamagedJournal(error.what());
    }
}

ReadJournal understood(JournalFolder &folder, std::vector<std::string> names, Contents contents,
                       const stac::TileMatrixSet &grid,
                       const std::function<void(const std::string &name, const TileStates &said)> &each)
{
    ReadJournal journal;
    const auto last = last_whole(names, contents);
    for (std::size_t index = 0; index < names.size(); ++index)
    {
        const std::string content = std::move(*std::exchange(contents[index], std::nullopt));
        const std::string path = folder.path(names[index]);
        if (is_cut_short(content))
        {
            const FileName name = FileName::of(names[index]);
            const auto later = last.find(name.writer);
            if (later != last.end() && later->second > name.number)
            {
                throw DamagedJournal(path + ": is damaged: it is cut short, and later files of its writer are whole; "
                                            "tiledir-process --overwrite makes all again");
            }
            journal.cut_short.push_back(path);
            continue;
        }
        if (each)
        {
            TileStates said;
            read_document(path, content, grid, said);
            each(names[index], said);
        }
        read_document(path, content, grid, journal.states);
    }
    journal.files = std::move(names);
    return journal;
}

} // namespace

ReadJournal read_journal(JournalFolder &folder, std::vector<std::string> names, const stac::TileMatrixSet &grid,
                         const std::function<void(const std::string &name, const TileStates &said)> &each)
{
    for (int attempt = 1;; ++attempt)
    {
        Contents contents = contents_of(folder, names);
        const auto absent = std::find(contents.begin(), contents.end(), std::nullopt);
        if (absent == contents.end())
        {
            return understood(folder, std::move(names), std::move(contents), grid, each);
        }
        if (attempt == kMostReads)
        {
            throw StoreError(folder.path(names[static_cast<std::size_t>(absent - contents.begin())]),
                             "is listed, and cannot be read: the store says that it is absent; what it says of tiles "
                             "is not known without it");
        }
        store::pause_after(attempt);
        names = folder.list();
    }
}

} // namespace tiledir::journal
