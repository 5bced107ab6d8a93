// Tiles of several levels of a grid, and their algebra.
#pragma once

#include "stac/grid/tile_set.h"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>

namespace tiledir::stac
{

/// Sets of tiles by level, the index of a matrix in its set. For one thread at a time, as a TileSet.
class LevelSets
{
public:
    using Levels = std::map<int, TileSet>;

    LevelSets() = default;
    LevelSets(std::initializer_list<Levels::value_type> levels)
        : m_levels(levels)
    {
    }

    /// Made where it is not there yet.
    TileSet &operator[](int level) { return m_levels[level]; }
    /// Empty where there is none.
    const TileSet &at(int level) const;

    /// From the coarsest level to the finest. A level may be there without tiles.
    Levels::const_iterator begin() const { return m_levels.begin(); }
    Levels::const_iterator end() const { return m_levels.end(); }
    Levels::const_reverse_iterator rbegin() const { return m_levels.rbegin(); }
    Levels::const_reverse_iterator rend() const { return m_levels.rend(); }

    void insert(const TileId &tile) { m_levels[tile.level].insert(tile.row, tile.col); }
    void insert(const LevelSets &others);
    void erase(const TileId &tile);
    void erase(int level, const TileSet &tiles);
    void erase(const LevelSets &others);
    /// Levels before this one.
    void erase_coarser_than(int level) { m_levels.erase(m_levels.begin(), m_levels.lower_bound(level)); }

    /// No level has a tile.
    bool empty() const;
    bool contains(const TileId &tile) const { return at(tile.level).contains(tile.row, tile.col); }
    std::int64_t count() const;
    LevelSets common(const LevelSets &others) const;
    /// By level, row and column.
    void for_each(const std::function<void(const TileId &tile)> &visit) const;

private:
    Levels m_levels;
};

} // namespace tiledir::stac
