// One tile matrix: a zoom level of a tile matrix set. OGC 17-083r2, 6.2.
#pragma once

#include "stac/grid/bounds.h"

#include <cstdint>
#include <string>

namespace tiledir::stac
{

/// Metres a pixel at a scale of 1. OGC 17-083r2, 6.1.
constexpr double kStandardPixel = 0.00028;
/// A side of a matrix: so many that double has them exactly.
constexpr std::int64_t kMaxMatrixPixels = std::int64_t{1} << 53;
/// A side of a tile, pixels.
constexpr int kMaxTileSize = 65536;

/// Of positive numbers, rounded up.
constexpr std::int64_t divided_up(std::int64_t value, std::int64_t divisor)
{
    return (value + divisor - 1) / divisor;
}

struct TileMatrix
{
    std::string id;
    double scale_denominator = 0;
    double cell_size = 0; ///< CRS units a pixel, the same in x and y
    double origin_x = 0;  ///< corner of origin, x to the east whatever the CRS's axis order
    double origin_y = 0;
    bool origin_is_bottom_left = false; ///< tile rows then grow to the north
    int tile_width = 256;               ///< pixels
    int tile_height = 256;
    std::int64_t matrix_width = 1; ///< tiles
    std::int64_t matrix_height = 1;

    /// Positive sizes, at most 2^53 pixels a side, and edges that are finite numbers: what all functions below need.
    bool is_measurable() const;

    /// Y of the upper edge of the matrix (equals origin_y unless the origin is bottom left).
    double top() const;
    /// All tiles of the matrix.
    TileRange range() const { return {0, matrix_height - 1, 0, matrix_width - 1}; }
    /// All pixels of the matrix.
    PixelWindow window() const;

    /// Pixels of one tile; also for rows and columns outside the matrix.
    PixelWindow tile_window(std::int64_t row, std::int64_t col) const;
    /// Pixels of a range of tiles.
    PixelWindow range_window(const TileRange &range) const;
    /// Tiles that a window of pixels touches, not clipped to the matrix.
    TileRange tiles_of(const PixelWindow &window) const;

    /// Outer edges of a window, CRS units: each edge is origin + integer * cell_size, never an accumulated sum.
    Bounds bounds(const PixelWindow &window) const;
    Bounds tile_bounds(std::int64_t row, std::int64_t col) const { return bounds(tile_window(row, col)); }

    /// Tiles that bounds overlap by more than a hundredth of a pixel, clipped to the matrix; empty if none.
    TileRange tiles_covering(const Bounds &bounds) const;
    /// Pixels that bounds overlap by more than a hundredth of a pixel, clipped to the matrix.
    PixelWindow pixels_covering(const Bounds &bounds) const;
};

} // namespace tiledir::stac
