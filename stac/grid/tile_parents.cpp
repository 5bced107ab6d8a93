#include "stac/grid/tile_parents.h"

namespace tiledir::stac
{

namespace
{

const TileMatrix &matrix_of(const TileMatrixSet &grid, int level)
{
    return grid.matrices[static_cast<std::size_t>(level)];
}

} // namespace

bool nests(const TileMatrixSet &grid, int level)
{
    if (level == 0 || grid.ratio(level, level - 1) != 2)
    {
        return false;
    }
    const TileMatrix &fine = matrix_of(grid, level);
    const TileMatrix &coarse = matrix_of(grid, level - 1);
    const bool rows_nest = !fine.origin_is_bottom_left || fine.window().height == 2 * coarse.window().height;
    return fine.tile_width == coarse.tile_width && fine.tile_height == coarse.tile_height && rows_nest;
}

TileSet parents(const TileMatrixSet &grid, int level, const TileSet &tiles, int halo)
{
    return tiles_above(grid, level, tiles, level - 1, halo);
}

TileSet tiles_above(const TileMatrixSet &grid, int level, const TileSet &tiles, int coarser, std::int64_t halo)
{
    TileSet result;
    const TileMatrix &fine = matrix_of(grid, level);
    const TileMatrix &coarse = matrix_of(grid, coarser);
    const bool halves = halo == 0 && coarser == level - 1 && nests(grid, level) && !fine.origin_is_bottom_left;
    tiles.for_each_rows(
        [&](std::int64_t first_row, std::int64_t last_row, const ColumnSet &columns)
        {
            ColumnSet above;
            TileRange rows;
            columns.for_each_run(
                [&](std::int64_t first, std::int64_t last)
                {
                    const TileRange range =
                        halves ? TileRange{first_row / 2, last_row / 2, first / 2, last / 2}
                               : coarse.tiles_covering(
                                     fine.bounds(fine.range_window({first_row, last_row, first, last}).grown(halo)));
                    if (!range.empty())
                    {
                        rows = range;
                        above.insert(range.min_col, range.max_col);
                    }
                });
            result.insert(rows.min_row, rows.max_row, above);
        });
    return result;
}

TileRange children(const TileMatrixSet &grid, int level, const TileRange &range)
{
    const TileMatrix &coarse = matrix_of(grid, level);
    return matrix_of(grid, level + 1).tiles_covering(coarse.bounds(coarse.range_window(range)));
}

} // namespace tiledir::stac
