#include "stac/grid/tile_matrix.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tiledir::stac
{

namespace
{

constexpr double kSnap = 0.01; // pixels

std::int64_t floor_division(std::int64_t value, std::int64_t divisor)
{
    const std::int64_t quotient = value / divisor;
    return value % divisor < 0 ? quotient - 1 : quotient;
}

/// First pixel and one past the last of an axis of `size` pixels that [from, to], in pixels, covers.
std::pair<std::int64_t, std::int64_t> pixels_between(double from, double to, std::int64_t size)
{
    const auto limit = static_cast<double>(size);
    const double first = std::clamp(std::floor(from + kSnap), 0.0, limit);
    const double end = std::clamp(std::ceil(to - kSnap), 0.0, limit);
    return {static_cast<std::int64_t>(first), static_cast<std::int64_t>(end)};
}

} // namespace

bool TileMatrix::is_measurable() const
{
    const auto fits = [](std::int64_t tiles, int pixels)
    { return tiles >= 1 && pixels >= 1 && tiles <= kMaxMatrixPixels / pixels; };
    if (!fits(matrix_width, tile_width) || !fits(matrix_height, tile_height) || !(cell_size > 0))
    {
        return false;
    }
    const Bounds all = bounds(window());
    return std::isfinite(all.min_x) && std::isfinite(all.max_x) && std::isfinite(all.min_y) && std::isfinite(all.max_y);
}

double TileMatrix::top() const
{
    return origin_is_bottom_left ? origin_y + static_cast<double>(window().height) * cell_size : origin_y;
}

PixelWindow TileMatrix::window() const
{
    return {0, 0, matrix_width * tile_width, matrix_height * tile_height};
}

PixelWindow TileMatrix::tile_window(std::int64_t row, std::int64_t col) const
{
    return range_window({row, row, col, col});
}

PixelWindow TileMatrix::range_window(const TileRange &range) const
{
    if (range.empty())
    {
        return {};
    }
    const std::int64_t first_row = origin_is_bottom_left ? matrix_height - 1 - range.max_row : range.min_row;
    return {range.min_col * tile_width, first_row * tile_height, range.cols() * tile_width, range.rows() * tile_height};
}

TileRange TileMatrix::tiles_of(const PixelWindow &window) const
{
    if (window.width <= 0 || window.height <= 0)
    {
        return {};
    }
    const std::int64_t first_row = floor_division(window.row, tile_height);
    const std::int64_t last_row = floor_division(window.row + window.height - 1, tile_height);
    const std::int64_t first_col = floor_division(window.col, tile_width);
    const std::int64_t last_col = floor_division(window.col + window.width - 1, tile_width);
    if (origin_is_bottom_left)
    {
        return {matrix_height - 1 - last_row, matrix_height - 1 - first_row, first_col, last_col};
    }
    return {first_row, last_row, first_col, last_col};
}

Bounds TileMatrix::bounds(const PixelWindow &window) const
{
    const auto x = [this](std::int64_t col) { return origin_x + static_cast<double>(col) * cell_size; };
    const std::int64_t rows_above_origin = origin_is_bottom_left ? matrix_height * tile_height : 0;
    const auto y = [this, rows_above_origin](std::int64_t row)
    { return origin_y + static_cast<double>(rows_above_origin - row) * cell_size; };
    return {x(window.col), y(window.row + window.height), x(window.col + window.width), y(window.row)};
}

TileRange TileMatrix::tiles_covering(const Bounds &bounds) const
{
    return tiles_of(pixels_covering(bounds));
}

PixelWindow TileMatrix::pixels_covering(const Bounds &bounds) const
{
    if (bounds.empty())
    {
        return {};
    }
    const PixelWindow all = window();
    const auto [first_col, end_col] =
        pixels_between((bounds.min_x - origin_x) / cell_size, (bounds.max_x - origin_x) / cell_size, all.width);
    const auto [first_row, end_row] =
        pixels_between((top() - bounds.max_y) / cell_size, (top() - bounds.min_y) / cell_size, all.height);
    if (first_col >= end_col || first_row >= end_row)
    {
        return {};
    }
    return {first_col, first_row, end_col - first_col, end_row - first_row};
}

} // namespace tiledir::stac
