// Small value types of the grid: bounds in a CRS, windows in the pixels of a tile matrix, ranges of tiles.
#pragma once

#include <cstdint>
#include <optional>

namespace tiledir::stac
{

/// Rectangle in CRS units, x to the east, y to the north, whatever the CRS's own axis order.
struct Bounds
{
    double min_x = 0;
    double min_y = 0;
    double max_x = 0;
    double max_y = 0;

    bool operator==(const Bounds &other) const;
    bool empty() const { return !(min_x < max_x && min_y < max_y); }
    std::optional<Bounds> intersection(const Bounds &other) const;
    Bounds united(const Bounds &other) const;
};

/// Rectangle of pixels of a tile matrix. Pixel (0, 0) is the matrix's upper left one whichever its corner of
/// origin is; columns grow to the east, rows to the south. May reach beyond the matrix on every side.
struct PixelWindow
{
    std::int64_t col = 0;
    std::int64_t row = 0;
    std::int64_t width = 0;
    std::int64_t height = 0;

    bool operator==(const PixelWindow &other) const;
    PixelWindow grown(std::int64_t pixels) const
    {
        return {col - pixels, row - pixels, width + 2 * pixels, height + 2 * pixels};
    }
    /// Nothing where they share no pixel.
    std::optional<PixelWindow> intersection(const PixelWindow &other) const;
};

/// Rows and columns of tiles, both ends included. OGC 17-083r2, 6.3 (TileMatrixLimits).
struct TileRange
{
    std::int64_t min_row = 0;
    std::int64_t max_row = -1;
    std::int64_t min_col = 0;
    std::int64_t max_col = -1;

    bool operator==(const TileRange &other) const;
    bool empty() const { return max_row < min_row || max_col < min_col; }
    std::int64_t rows() const { return max_row - min_row + 1; }
    std::int64_t cols() const { return max_col - min_col + 1; }
    /// The largest number there is where there are more.
    std::int64_t count() const;
    bool contains(std::int64_t row, std::int64_t col) const
    {
        return row >= min_row && row <= max_row && col >= min_col && col <= max_col;
    }
    std::optional<TileRange> intersection(const TileRange &other) const;
    TileRange united(const TileRange &other) const;
};

} // namespace tiledir::stac
