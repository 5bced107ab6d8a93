#include "driver/first_tiles.h"

namespace tiledir::driver
{

std::vector<TilePlace> first_tiles(const stac::TileMatrixSet &grid,
                                   const std::map<std::string, stac::TileRange> &limits, int most)
{
    std::vector<TilePlace> found;
    for (std::size_t index = 0; index < grid.matrices.size(); ++index)
    {
        const auto listed = limits.find(grid.matrices[index].id);
        if (!limits.empty() && listed == limits.end())
        {
            continue;
        }
        const stac::TileRange tiles = limits.empty() ? grid.matrices[index].range() : listed->second;
        for (std::int64_t row = tiles.min_row; row <= tiles.max_row; ++row)
        {
            for (std::int64_t col = tiles.min_col; col <= tiles.max_col; ++col)
            {
                if (found.size() == static_cast<std::size_t>(most))
                {
                    return found;
                }
                found.push_back({static_cast<int>(index), row, col});
            }
        }
    }
    return found;
}

} // namespace tiledir::driver
