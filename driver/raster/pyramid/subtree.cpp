#include "driver/raster/pyramid/subtree.h"

#include "stac/grid/tile_parents.h"
#include "stac/grid/tile_walk.h"

#include <algorithm>

namespace tiledir::raster
{

namespace
{

class SubtreeWalk
{
public:
    SubtreeWalk(const Subtree &subtree, const SubtreeMaker &maker)
        : m_subtree(subtree)
        , m_maker(maker)
    {
    }

    /// The tiles of a level, and all under them.
    Blocks make(int level, const stac::TileSet &tiles) const
    {
        const stac::TileRange all = tiles.bounding();
        if (std::max(all.rows(), all.cols()) << (m_subtree.finest - level) <= m_subtree.together)
        {
            return make(level, all);
        }
        Blocks made;
        stac::for_each_tile(tiles,
                            [&](std::int64_t row, std::int64_t col)
                            {
                                made.merge(make(level, stac::TileRange{row, row, col, col}));
                                return !m_maker.stopping();
                            });
        return made;
    }

private:
    Blocks make(int level, const stac::TileRange &range) const
    {
        if (level == m_subtree.finest)
        {
            return m_maker.finest(range);
        }
        const Blocks below = make(level + 1, stac::TileSet(stac::children(m_subtree.grid, level, range)));
        return m_maker.overviews(level, range, below);
    }

    const Subtree &m_subtree;
    const SubtreeMaker &m_maker;
};

} // namespace

void for_each_strip(const stac::TileRange &range, int tile_height,
                    const std::function<bool(const stac::TileRange &strip)> &visit)
{
    const std::int64_t rows = std::max<std::int64_t>(1, kRowsAtOnce / tile_height);
    bool going = true;
    for (std::int64_t row = range.min_row; going && row <= range.max_row; row += rows)
    {
        going = visit({row, std::min(row + rows - 1, range.max_row), range.min_col, range.max_col});
    }
}

Blocks make_subtree(const Subtree &subtree, const stac::TileSet &tops, const SubtreeMaker &maker)
{
    return SubtreeWalk(subtree, maker).make(subtree.top, tops);
}

} // namespace tiledir::raster
