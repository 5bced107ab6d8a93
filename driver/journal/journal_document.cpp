#include "driver/journal/journal_document.h"

#include "driver/journal/packed_tiles.h"
#include "stac/error.h"

#include <algorithm>
#include <limits>
#include <sstream>
#include <utility>

namespace tiledir::journal
{
namespace
{

constexpr const char *kHeading = "tiledir journal 1";
constexpr const char *kPacked = " packed";
constexpr std::size_t kManyRuns = 200; ///< are packed

bool has_many_runs(const TileStates &tiles)
{
    std::size_t runs = 0;
    for (const auto &[word, member] : kStateWords)
    {
        for (const auto &[level, set] : tiles.*member)
        {
            set.for_each_run([&](std::int64_t, std::int64_t, std::int64_t) { ++runs; });
        }
    }
    return runs > kManyRuns;
}

/// `WORD LEVEL ROW FIRST LAST` for each run of tiles, LEVEL being the tile matrix's id.
std::string lines(const char *word, const stac::TileMatrixSet &grid, const stac::LevelSets &tiles)
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

std::string on_one_line(std::string text)
{
    std::replace_if(
        text.begin(), text.end(), [](char letter) { return letter == '\n' || letter == '\r'; }, ' ');
    return text;
}

std::string failure_lines(const TileStates &tiles, const stac::TileMatrixSet &grid)
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
                    const std::string column = std::to_string(col);
                    text += "failed " + matrix + ' ' + std::to_string(row) + ' ' + column + ' ' + column + ' ' +
                            std::to_string(noted.attempts) + ' ' + on_one_line(noted.reason) + '\n';
                }
            });
    }
    return text;
}

/// Reads one file. Lines of the same word and level that follow each other are said at once.
class Reader
{
public:
    Reader(const std::string &path, const stac::TileMatrixSet &grid, TileStates &tiles)
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
                refuse("'" + line + "' is not a line of a journal");
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
                refuse("'" + line + "' is followed by what is not a set of tiles");
            }
            at += size;
        }
        end_word();
    }

    [[noreturn]] void refuse(const std::string &what) const { throw TileError(m_path, what); }

private:
    void turn_to(const std::string &word, const std::string &matrix)
    {
        if (word == m_word && matrix == m_matrix)
        {
            return;
        }
        end_word();
        const auto *const known =
            std::find_if(kStateWords.begin(), kStateWords.end(), [&](const auto &each) { return word == each.first; });
        if (known == kStateWords.end())
        {
            refuse("'" + word + "' is none of stored, empty, foreign, part, failed and redo");
        }
        const auto level = m_grid.index_of(matrix);
        if (!level)
        {
            refuse("names the tile matrix '" + matrix + "', which " + m_grid.id + " has not");
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
            refuse("'" + line + "' is not a line of a journal");
        }
        m_said.insert(row, first, last);
        NotedFailure failure;
        if (m_member == &TileStates::failed && words >> failure.attempts)
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
            m_tiles.say(m_member, m_level, m_said);
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
    TileStates &m_tiles;
    std::string m_word;
    std::string m_matrix;
    StateMember m_member = nullptr;
    int m_level = 0;
    stac::TileSet m_said;
    std::map<stac::TileId, NotedFailure> m_failures;
};

} // namespace

std::string journal_document(const TileStates &tiles, const stac::TileMatrixSet &grid)
{
    const bool is_packed = has_many_runs(tiles);
    std::string text;
    for (const auto &[word, member] : kStateWords)
    {
        if (member == &TileStates::failed)
        {
            text += failure_lines(tiles, grid);
            continue;
        }
        if (!is_packed)
        {
            text += lines(word, grid, tiles.*member);
            continue;
        }
        for (const auto &[level, set] : tiles.*member)
        {
            const std::string bytes = pack(set);
            text += std::string(word) + ' ' + grid.matrices[static_cast<std::size_t>(level)].id + kPacked + ' ' +
                    std::to_string(bytes.size()) + '\n' + bytes;
        }
    }
    const std::string heading = kHeading;
    return is_packed ? heading + kPacked + '\n' + deflated(text) : heading + '\n' + text;
}

void read_journal_document(const std::string &path, const std::string &content, const stac::TileMatrixSet &grid,
                           TileStates &tiles)
{
    const std::string known = kHeading;
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
        if (inflate(rest, text) != Inflated::Whole)
        {
            reader.refuse("is damaged: what is packed in it cannot be unpacked");
        }
        reader.read(text, 0);
        return;
    }
    const std::string name = known.substr(0, known.rfind(' ') + 1); // without its version
    if (heading.compare(0, name.size(), name) == 0)
    {
        throw InputError(path, "is '" + heading + "', made by a newer tiledir; this one knows '" + known + "'");
    }
    reader.refuse("is not a journal file: it does not begin with '" + known + "'");
}

bool is_cut_short(const std::string &content)
{
    if (content.find_first_not_of('\0') == std::string::npos || content.back() == '\0')
    {
        return true;
    }
    const std::string packed = std::string(kHeading) + kPacked + '\n';
    if (content.compare(0, packed.size(), packed) == 0)
    {
        std::string text;
        return inflate(content.substr(packed.size()), text) == Inflated::CutShort;
    }
    const std::string heading = std::string(kHeading) + '\n';
    const bool is_beginning =
        heading.compare(0, content.size(), content) == 0 || packed.compare(0, content.size(), content) == 0;
    return is_beginning ? content != heading : content.back() != '\n';
}

} // namespace tiledir::journal
