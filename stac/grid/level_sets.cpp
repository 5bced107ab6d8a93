#include "stac/grid/level_sets.h"

#include <algorithm>
#include <utility>

namespace tiledir::stac
{

const TileSet &LevelSets::at(int level) const
{
    static const TileSet kNone;
    const auto found = m_levels.find(level);
    return found == m_levels.end() ? kNone : found->second;
}

void LevelSets::insert(const LevelSets &others)
{
    for (const auto &[level, tiles] : others)
    {
        m_levels[level].insert(tiles);
    }
}

void LevelSets::erase(const TileId &tile)
{
    erase(tile.level, TileSet(TileRange{tile.row, tile.row, tile.col, tile.col}));
}

void LevelSets::erase(int level, const TileSet &tiles)
{
    const auto found = m_levels.find(level);
    if (found == m_levels.end())
    {
        return;
    }
    found->second.erase(tiles);
    if (found->second.empty())
    {
        m_levels.erase(found);
    }
}

void LevelSets::erase(const LevelSets &others)
{
    for (const auto &[level, tiles] : others)
    {
        erase(level, tiles);
    }
}

bool LevelSets::empty() const
{
    return std::all_of(begin(), end(), [](const auto &level) { return level.second.empty(); });
}

std::int64_t LevelSets::count() const
{
    std::int64_t count = 0;
    for (const auto &[level, tiles] : m_levels)
    {
        count += tiles.count();
    }
    return count;
}

LevelSets LevelSets::common(const LevelSets &others) const
{
    LevelSets both;
    for (const auto &[level, tiles] : m_levels)
    {
        if (TileSet shared = tiles.common(others.at(level)); !shared.empty())
        {
            both[level] = std::move(shared);
        }
    }
    return both;
}

void LevelSets::for_each(const std::function<void(const TileId &tile)> &visit) const
{
    for (const auto &[level, tiles] : m_levels)
    {
        tiles.for_each_run(
            [&, of = level](std::int64_t row, std::int64_t first, std::int64_t last)
            {
                for (std::int64_t col = first; col <= last; ++col)
                {
                    visit({of, row, col});
                }
            });
    }
}

} // namespace tiledir::stac
