#include "tools/engine/done_tiles.h"

#include "driver/raster/journal_files.h"
#include "stac/error.h"
#include "tools/engine/packed_tiles.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <sstream>
#include <utility>

namespace tiledir::engine
{
namespace
{

using Member = stac::LevelSets DoneTiles::*;

constexpr std::array<std::pair<const char *, Member>, 5> kWords{{{"stored", &DoneTiles::stored},
                                                                 {"empty", &DoneTiles::empty},
                                                                 {"foreign", &DoneTiles::foreign},
                                                                 {"failed", &DoneTiles::failed},
                                                                 {"redo", &DoneTiles::pending}}};
constexpr const char *kPacked = " packed";
constexpr std::size_t kManyRuns = 200; ///< are packed

void erase_from(stac::LevelSets &sets, int level, const stac::TileSet &tiles)
{
    const auto found = sets.find(level);
    if (found == sets.end())
    {
        return;
    }
    found->second.erase(tiles);
    if (found->second.empty())
    {
        sets.erase(found);
    }
}

void erase_failures(DoneTiles &tiles, int level, const stac::TileSet &said)
{
    for (auto failure = tiles.failures.begin(); failure != tiles.failures.end();)
    {
        const auto &[tile, noted] = *failure;
        failure = tile.level == level && said.contains(tile.row, tile.col) ? tiles.failures.erase(failure)
                                                                           : std::next(failure);
    }
}

void say(DoneTiles &tiles, Member word, int level, const stac::TileSet &said)
{
    if (said.empty())
    {
        return;
    }
    for (const auto &[name, member] : kWords)
    {
        if (member != word)
        {
            erase_from(tiles.*member, level, said);
        }
    }
    erase_failures(tiles, level, said);
    (tiles.*word)[level].insert(said);
}

bool has_many_runs(const DoneTiles &tiles)
{
    std::size_t runs = 0;
    for (const auto &[word, member] : kWords)
    {
        for (const auto &[level, set] : tiles.*member)
        {
            set.for_each_run([&](std::int64_t, std::int64_t, std::int64_t) { ++runs; });
        }
    }
    return runs > kManyRuns;
}

std::string on_one_line(std::string text)
{
    std::replace_if(
        text.begin(), text.end(), [](char letter) { return letter == '\n' || letter == '\r'; }, ' ');
    return text;
}

std::string failure_lines(const DoneTiles &tiles, const stac::TileMatrixSet &grid)
{
    std::string text;
    for (const auto &[level, set] : tiles.failed)
    {
        const std::string &matrix = grid.matrices[static_cast<std::size_t>(level)].id;
        set.for_each_run(
            [&, at = level](std::int64_t row, std::int64_t first, std::int64_t last)
            {
                for (std::int64_t col = first; col <= last; ++col)
                {
                    const auto found = tiles.failures.find({at, row, col});
                    const NotedFailure noted = found == tiles.failures.end() ? NotedFailure() : found->second;
                    text += fmt::format("failed {} {} {} {} {} {}\n", matrix, row, col, col, noted.attempts,
                                        on_one_line(noted.reason));
                }
            });
    }
    return text;
}

/// Reads one file. Lines of the same word and level that follow each other are said at once.
class Reader
{
public:
    Reader(const std::string &path, const stac::TileMatrixSet &grid, DoneTiles &tiles)
        : m_path(path)
        , m_grid(grid)
        , m_tiles(tiles)
    {
    }

    void read(const std::string &text, std::size_t begin)
    {
        for (std::size_t at = begin; at < text.size();)
        {
            const std::size_t end = std::min(text.find('\n', at), text.size());
            const std::string line = text.substr(at, end - at);
            at = end + 1;
            std::istringstream words(line);
            std::string word;
            std::string matrix;
            std::string number;
            if (!(words >> word >> matrix >> number))
            {
                refuse(fmt::format("'{}' is not a line of a journal", line));
            }
            turn_to(word, matrix);
            if (number != "packed")
            {
                read_run(words, number, line);
                continue;
            }
            std::size_t size = 0;
            if (!(words >> size) || size > text.size() - std::min(at, text.size()) ||
                !unpack(text.substr(at, size), m_said))
            {
                refuse(fmt::format("'{}' is followed by what is not a set of tiles", line));
            }
            at += size;
        }
        end_word();
    }

    [[noreturn]] void refuse(const std::string &what) const { throw TileError(m_path + ": " + what); }

private:
    void turn_to(const std::string &word, const std::string &matrix)
    {
        if (word == m_word && matrix == m_matrix)
        {
            return;
        }
        end_word();
        const auto *const known =
            std::find_if(kWords.begin(), kWords.end(), [&](const auto &each) { return word == each.first; });
        if (known == kWords.end())
        {
            refuse(fmt::format("'{}' is none of stored, empty, foreign, failed and redo", word));
        }
        const auto level = m_grid.index_of(matrix);
        if (!level)
        {
            refuse(fmt::format("names the tile matrix '{}', which {} has not", matrix, m_grid.id));
        }
        m_word = word;
        m_matrix = matrix;
        m_member = known->second;
        m_level = *level;
    }

    void read_run(std::istringstream &words, const std::string &number, const std::string &line)
    {
        char *end = nullptr;
        const std::int64_t row = std::strtoll(number.c_str(), &end, 10);
        std::int64_t first = 0;
        std::int64_t last = 0;
        if (*end != '\0' || !(words >> first >> last) || first > last ||
            last - first > std::numeric_limits<std::int32_t>::max())
        {
            refuse(fmt::format("'{}' is not a line of a journal", line));
        }
        m_said.insert(row, first, last);
        NotedFailure failure;
        if (m_member == &DoneTiles::failed && words >> failure.attempts)
        {
            std::getline(words >> std::ws, failure.reason);
            for (std::int64_t col = first; col <= last; ++col)
            {
                m_failures[{m_level, row, col}] = failure;
            }
        }
    }

    void end_word()
    {
        if (m_member != nullptr)
        {
            say(m_tiles, m_member, m_level, m_said);
        }
        for (auto &[tile, failure] : m_failures)
        {
            m_tiles.failures[tile] = std::move(failure);
        }
        m_said = {};
        m_failures.clear();
    }

    const std::string &m_path;
    const stac::TileMatrixSet &m_grid;
    DoneTiles &m_tiles;
    std::string m_word;
    std::string m_matrix;
    Member m_member = nullptr;
    int m_level = 0;
    stac::TileSet m_said;
    std::map<stac::TileId, NotedFailure> m_failures;
};

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
        for (const auto &[name, member] : kWords)
        {
            erase_from(this->*member, level, set);
        }
        erase_failures(*this, level, set);
    }
}

void DoneTiles::say(const DoneTiles &later)
{
    for (const auto &[name, member] : kWords)
    {
        for (const auto &[level, set] : later.*member)
        {
            engine::say(*this, member, level, set);
        }
    }
    for (const auto &[tile, failure] : later.failures)
    {
        failures[tile] = failure;
    }
}

std::string journal_document(const DoneTiles &tiles, const stac::TileMatrixSet &grid)
{
    const bool is_packed = has_many_runs(tiles);
    std::string text;
    for (const auto &[word, member] : kWords)
    {
        if (member == &DoneTiles::failed)
        {
            text += failure_lines(tiles, grid);
            continue;
        }
        if (!is_packed)
        {
            text += raster::journal_lines(word, grid, tiles.*member);
            continue;
        }
        for (const auto &[level, set] : tiles.*member)
        {
            const std::string bytes = pack(set);
            text += fmt::format("{} {}{} {}\n", word, grid.matrices[static_cast<std::size_t>(level)].id, kPacked,
                                bytes.size());
            text += bytes;
        }
    }
    const std::string heading = raster::kJournalHeading;
    return is_packed ? heading + kPacked + '\n' + deflated(text) : heading + '\n' + text;
}

void read_journal_document(const std::string &path, const std::string &content, const stac::TileMatrixSet &grid,
                           DoneTiles &tiles)
{
    const std::string known = raster::kJournalHeading;
    const std::string heading = content.substr(0, content.find('\n'));
    const std::string rest = content.substr(std::min(heading.size() + 1, content.size()));
    Reader reader(path, grid, tiles);
    if (heading == known)
    {
        reader.read(rest, 0);
        return;
    }
    if (heading == known + kPacked)
    {
        std::string text;
        if (!inflated(rest, text))
        {
            reader.refuse("is damaged: what is packed in it cannot be unpacked");
        }
        reader.read(text, 0);
        return;
    }
    const std::string name = known.substr(0, known.rfind(' ') + 1); // without its version
    if (heading.compare(0, name.size(), name) == 0)
    {
        throw InputError(
            fmt::format("{}: is '{}', made by a newer tiledir; this one knows '{}'", path, heading, known));
    }
    reader.refuse(fmt::format("is not a journal file: it does not begin with '{}'", known));
}

} // namespace tiledir::engine
