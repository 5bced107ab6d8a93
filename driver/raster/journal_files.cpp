#include "driver/raster/journal_files.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace tiledir::raster
{

namespace
{

std::string writer_name()
{
    std::random_device random;
    char name[17];
    std::snprintf(name, sizeof name, "%08x%08x", static_cast<unsigned>(random()), static_cast<unsigned>(::getpid()));
    return name;
}

std::string with_zeros(long number, int digits)
{
    std::string text = std::to_string(number);
    return std::string(static_cast<std::size_t>(std::max(0, digits - static_cast<int>(text.size()))), '0') + text;
}

} // namespace

std::string journal_lines(const char *word, const stac::TileMatrixSet &grid, const stac::LevelSets &tiles)
{
    std::string text;
    for (const auto &[level, set] : tiles)
    {
        const std::string prefix = std::string(word) + ' ' + grid.matrices[static_cast<std::size_t>(level)].id + ' ';
        set.for_each_run(
            [&](std::int64_t row, std::int64_t first, std::int64_t last) {
                text += prefix + std::to_string(row) + ' ' + std::to_string(first) + ' ' + std::to_string(last) + '\n';
            });
    }
    return text;
}

JournalFiles::JournalFiles(JournalFolder &folder, const std::vector<std::string> &there)
    : m_folder(folder)
    , m_writer(writer_name())
{
    long last = 0;
    for (const std::string &name : there)
    {
        last = std::max(last, std::strtol(name.c_str(), nullptr, 10));
    }
    m_generation = with_zeros(last + 1, 8);
}

std::string JournalFiles::write(const char *kind, const std::string &content)
{
    std::string name = m_generation + '-' + kind + '-' + m_writer + '-' + with_zeros(++m_number, 6);
    m_folder.write(name, content);
    return name;
}

std::string JournalFiles::write_after(const std::string &name, const std::string &content)
{
    std::string next = name + '.' + m_writer;
    m_folder.write(next, content);
    return next;
}

void tell_journal(store::Store &store, const stac::TileMatrixSet &grid, const stac::LevelSets &foreign,
                  const stac::LevelSets &stale)
{
    JournalFolder folder(store);
    if (folder.found().empty())
    {
        return;
    }
    JournalFiles files(folder, folder.found());
    const auto tell = [&](const char *kind, const char *word, const stac::LevelSets &tiles)
    {
        if (const std::string lines = journal_lines(word, grid, tiles); !lines.empty())
        {
            files.write(kind, std::string(kJournalHeading) + '\n' + lines);
        }
    };
    tell("0redo", "redo", stale);
    tell("1done", "foreign", foreign);
}

} // namespace tiledir::raster
