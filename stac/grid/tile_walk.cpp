#include "stac/grid/tile_walk.h"

namespace tiledir::stac
{
namespace
{

/// Squares of `side` tiles that hold any of the tiles, by their numbers.
TileSet squares_of(const TileSet &tiles, std::int64_t side)
{
    TileSet squares;
    tiles.for_each_rows(
        [&](std::int64_t first_row, std::int64_t last_row, const ColumnSet &columns)
        {
            ColumnSet numbers;
            columns.for_each_run([&](std::int64_t first, std::int64_t last)
                                 { numbers.insert(first / side, last / side); });
            squares.insert(first_row / side, last_row / side, numbers);
        });
    return squares;
}

} // namespace

bool for_each_tile(const TileSet &tiles, const std::function<bool(std::int64_t row, std::int64_t col)> &visit)
{
    bool going = true;
    tiles.for_each_run(
        [&](std::int64_t row, std::int64_t first, std::int64_t last)
        {
            for (std::int64_t col = first; going && col <= last; ++col)
            {
                going = visit(row, col);
            }
        });
    return going;
}

bool for_each_square(const TileSet &tiles, std::int64_t side,
                     const std::function<bool(TileSet part, const TileRange &square)> &visit)
{
    return for_each_tile(
        squares_of(tiles, side),
        [&](std::int64_t row, std::int64_t col)
        {
            const TileRange square{row * side, row * side + side - 1, col * side, col * side + side - 1};
            return visit(tiles.within(square), square);
        });
}

} // namespace tiledir::stac
