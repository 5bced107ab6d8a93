// Matrices to warp to.
#pragma once

#include "stac/grid/tile_matrix.h"

#include <cstdint>

namespace tiledir::raster::fixtures
{

inline stac::TileMatrix matrix_of(double origin_x, double origin_y, double cell_size, std::int64_t width = 1 << 20,
                                  std::int64_t height = 1 << 20)
{
    stac::TileMatrix matrix;
    matrix.id = "0";
    matrix.cell_size = cell_size;
    matrix.origin_x = origin_x;
    matrix.origin_y = origin_y;
    matrix.matrix_width = width;
    matrix.matrix_height = height;
    return matrix;
}

inline stac::TileMatrix web_mercator(int level)
{
    constexpr double kHalfWorld = 20037508.342789244;
    return matrix_of(-kHalfWorld, kHalfWorld, 2 * kHalfWorld / 256 / (1 << level), 1 << level, 1 << level);
}

} // namespace tiledir::raster::fixtures
