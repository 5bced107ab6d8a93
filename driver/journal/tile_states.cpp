#include "driver/journal/tile_states.h"

#include <algorithm>
#include <iterator>

namespace tiledir::journal
{
namespace
{

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

bool is_empty(const stac::LevelSets &tiles)
{
    return std::all_of(tiles.begin(), tiles.end(), [](const auto &level) { return level.second.empty(); });
}

stac::LevelSets TileStates::all() const
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

bool TileStates::is_empty() const
{
    return std::all_of(kStateWords.begin(), kStateWords.end(),
                       [this](const auto &word) { return journal::is_empty(this->*word.second); });
}

void TileStates::erase(const stac::LevelSets &tiles)
{
    for (const auto &[level, set] : tiles)
    {
        for (const auto &[name, member] : kStateWords)
        {
            erase_from(this->*member, level, set);
        }
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
            erase_from(this->*member, level, tiles);
        }
    }
    erase_failures(*this, level, tiles);
    (this->*word)[level].insert(tiles);
}

void TileStates::say_part(int level, stac::TileSet tiles)
{
    for (const stac::LevelSets *to_make : {&failed, &pending})
    {
        if (const auto found = to_make->find(level); found != to_make->end())
        {
            tiles.erase(found->second);
        }
    }
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
