#include "driver/reading/first_tiles.h"

namespace tiledir::driver
{

std::vector<stac::TileId> first_tiles(const stac::TileMatrixSet &grid, const StoredTiles &stored, int most)
{
    std::vector<stac::TileId> found;
    for (std::size_t index = 0; index < grid.matrices.size(); ++index)
    {
        const stac::TileMatrix &matrix = grid.matrices[index];
        const auto limit = stored.limits.find(matrix.id);
        if (!stored.limits.empty() && limit == stored.limits.end())
        {
            continue;
        }
        const stac::TileRange tiles = stored.limits.empty() ? matrix.range() : limit->second;
        for (std::int64_t row = tiles.min_row; row <= tiles.max_row; ++row)
        {
            for (std::int64_t col = tiles.min_col; col <= tiles.max_col; ++col)
            {
                if (found.size() == static_cast<std::size_t>(most))
                {
                    return found;
                }
                if (stored.may_exist(matrix, row, col))
                {
                    found.push_back({static_cast<int>(index), row, col});
                }
            }
        }
    }
    return found;
}

} // namespace tiledir::driver
