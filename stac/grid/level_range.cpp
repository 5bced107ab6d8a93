#include "stac/grid/level_range.h"

#include "stac/error.h"

#include <cstdlib>
#include <vector>

namespace tiledir::stac
{

namespace
{

std::string trimmed(const std::string &text)
{
    const auto first = text.find_first_not_of(' ');
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

/// All ways to read it, whichever comes first.
std::vector<LevelRange> readings(const TileMatrixSet &grid, const std::string &text)
{
    if (const auto level = grid.index_of(trimmed(text)))
    {
        return {{*level, *level}};
    }
    std::vector<LevelRange> found;
    for (auto dash = text.find('-', 1); dash != std::string::npos; dash = text.find('-', dash + 1))
    {
        const auto coarsest = grid.index_of(trimmed(text.substr(0, dash)));
        const auto finest = grid.index_of(trimmed(text.substr(dash + 1)));
        if (coarsest && finest)
        {
            found.push_back({*coarsest, *finest});
        }
    }
    return found;
}

bool is_whole_number(const std::string &text)
{
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

/// A number above that of the finest matrix, alone or after a dash.
bool is_too_fine(const TileMatrixSet &grid, const std::string &text)
{
    const std::string last = trimmed(text.substr(text.rfind('-') + 1));
    const std::string &finest = grid.matrices.back().id;
    return is_whole_number(last) && is_whole_number(finest) &&
           std::strtoll(last.c_str(), nullptr, 10) > std::strtoll(finest.c_str(), nullptr, 10);
}

} // namespace

std::optional<LevelRange> find_level_range(const TileMatrixSet &grid, const std::string &text)
{
    const std::vector<LevelRange> found = readings(grid, text);
    const bool is_clear = found.size() == 1 && found.front().coarsest <= found.front().finest;
    return is_clear ? std::optional(found.front()) : std::nullopt;
}

LevelRange level_range(const TileMatrixSet &grid, const std::string &text)
{
    if (const auto range = find_level_range(grid, text))
    {
        return *range;
    }
    const std::vector<LevelRange> found = readings(grid, text);
    const std::string &finest = grid.matrices.back().id;
    if (found.size() == 1)
    {
        throw InputError("'" + text + "' is upside down; the coarsest comes first: " +
                         level_range_text(grid, {found.front().finest, found.front().coarsest}));
    }
    if (found.size() > 1)
    {
        throw InputError("'" + text + "' may be " + level_range_text(grid, found[0]) +
                         " in more than one way: ids of " + grid.id +
                         " have dashes; name one matrix, or take other ids");
    }
    if (is_too_fine(grid, text))
    {
        throw InputError("'" + text + "' is finer than the finest matrix of " + grid.id + " (" +
                         grid.matrices.front().id + " to " + finest + ")");
    }
    throw InputError("'" + text + "' is neither auto, a matrix of " + grid.id + " (" + grid.matrices.front().id +
                     " to " + finest + ") nor two of them as " + grid.matrices.front().id + "-" + finest);
}

std::string level_range_text(const TileMatrixSet &grid, const LevelRange &range)
{
    const std::string &finest = grid.matrices.at(static_cast<std::size_t>(range.finest)).id;
    return range.coarsest == range.finest
               ? finest
               : grid.matrices.at(static_cast<std::size_t>(range.coarsest)).id + "-" + finest;
}

} // namespace tiledir::stac
