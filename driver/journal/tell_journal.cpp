#include "driver/journal/tell_journal.h"

#include "driver/journal/journal_document.h"
#include "driver/journal/journal_files.h"
#include "driver/journal/journal_reading.h"

#include <algorithm>
#include <vector>

namespace tiledir::journal
{

namespace
{

/// Others than runs tell of foreign tiles, and of overviews to be made.
bool is_of_a_run(const TileStates &said, int level)
{
    return !said.stored.empty() || !said.empty.empty() || !said.pending.at(level).empty();
}

} // namespace

void tell_journal(store::Store &store, const stac::TileMatrixSet &grid, const TileStates &said)
{
    JournalFolder folder(store);
    if (folder.found().empty())
    {
        return;
    }
    JournalFiles files(folder, folder.found());
    const auto tell = [&](const char *kind, const std::vector<StateMember> &words)
    {
        TileStates of_kind;
        for (const StateMember word : words)
        {
            of_kind.*word = said.*word;
        }
        if (!of_kind.is_empty())
        {
            files.write(kind, journal_document(of_kind, grid));
        }
    };
    tell("0redo", {&TileStates::pending});
    tell("1done", {&TileStates::foreign, &TileStates::parts});
    folder.sync();
}

std::optional<std::chrono::steady_clock::time_point> last_word_of_run(store::Store &store,
                                                                      const stac::TileMatrixSet &grid, int level)
{
    JournalFolder folder(store);
    std::vector<std::string> words;
    read_journal(folder, folder.found(), grid,
                 [&](const std::string &name, const TileStates &said)
                 {
                     if (is_of_a_run(said, level))
                     {
                         words.push_back(name);
                     }
                 });
    using Clock = std::chrono::steady_clock;
    std::optional<Clock::time_point> last;
    for (const std::string &name : words)
    {
        if (const auto age = folder.age(name))
        {
            const Clock::time_point written = Clock::now() - std::chrono::duration_cast<Clock::duration>(*age);
            last = last ? std::max(*last, written) : written;
        }
    }
    return last;
}

} // namespace tiledir::journal
