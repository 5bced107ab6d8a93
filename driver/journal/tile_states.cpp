#include "driver/journal/tile_states.h"

#include <algorithm>
#include <iterator>

namespace tiledir::journal
{
namespace
{

void erase_failures(TileStates &tiles, int level, const stac::TileSet &said)
{
    for (auto failure = tiles.failures.begin(); failure != tiles.failures.end();)
    {
        const auto &[tile, noted] = *failure;
        failure = tile.level == level && said.contains(tile.row, tile.col) ? tiles.failures.erase(failure)
                                                                           : std::next(failure);
    }
}

} // namespace

stac::LevelSets TileStates::all() const
{
    stac::LevelSets sets = stored;
    sets.insert(empty);
    sets.insert(foreign);
    return sets;
}

bool TileStates::is_empty() const
{
    return std::all_of(kStateWords.begin(), kStateWords.end(),
                       [this](const auto &word) { return (this->*word.second).empty(); });
}

void TileStates::erase(const stac::LevelSets &tiles)
{
    for (const auto &[name, member] : kStateWords)
    {
        (this->*member).erase(tiles);
    }
    for (const auto &[level, set] : tiles)
    {
        erase_failures(*this, level, set);
    }
}

void TileStates::say(StateMember word, int level, const stac::TileSet &tiles)
{
    if (word == &TileStates::parts)
    {
        return say_part(level, tiles);
    }
    if (tiles.empty())
    {
        return;
    }
    for (const auto &[name, member] : kStateWords)
    {
        if (member != word)
        {
            (this->*member).erase(level, tiles);
        }
    }
    erase_failures(*this, level, tiles);
    (this->*word)[level].insert(tiles);
}

void TileStates::say_part(int level, stac::TileSet tiles)
{
    tiles.erase(failed.at(level));
    tiles.erase(pending.at(level));
    say(&TileStates::foreign, level, tiles);
}

void TileStates::say(const TileStates &later)
{
    for (const auto &[name, member] : kStateWords)
    {
        for (const auto &[level, set] : later.*member)
        {
            say(member, level, set);
        }
    }
    for (const auto &[tile, failure] : later.failures)
    {
        failures[tile] = failure;
    }
}

} // namespace tiledir::journal
