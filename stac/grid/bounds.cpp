#include "stac/grid/bounds.h"

#include <algorithm>
#include <limits>

namespace tiledir::stac
{

bool Bounds::operator==(const Bounds &other) const
{
    return min_x == other.min_x && min_y == other.min_y && max_x == other.max_x && max_y == other.max_y;
}

std::optional<Bounds> Bounds::intersection(const Bounds &other) const
{
    const Bounds shared{std::max(min_x, other.min_x), std::max(min_y, other.min_y), std::min(max_x, other.max_x),
                        std::min(max_y, other.max_y)};
    return shared.empty() ? std::nullopt : std::optional(shared);
}

Bounds Bounds::united(const Bounds &other) const
{
    if (empty() || other.empty())
    {
        return empty() ? other : *this;
    }
    return {std::min(min_x, other.min_x), std::min(min_y, other.min_y), std::max(max_x, other.max_x),
            std::max(max_y, other.max_y)};
}

bool PixelWindow::operator==(const PixelWindow &other) const
{
    return col == other.col && row == other.row && width == other.width && height == other.height;
}

std::optional<PixelWindow> PixelWindow::intersection(const PixelWindow &other) const
{
    const std::int64_t left = std::max(col, other.col);
    const std::int64_t top = std::max(row, other.row);
    const std::int64_t right = std::min(col + width, other.col + other.width);
    const std::int64_t bottom = std::min(row + height, other.row + other.height);
    return left < right && top < bottom ? std::optional(PixelWindow{left, top, right - left, bottom - top})
                                        : std::nullopt;
}

bool TileRange::operator==(const TileRange &other) const
{
    return min_row == other.min_row && max_row == other.max_row && min_col == other.min_col && max_col == other.max_col;
}

std::int64_t TileRange::count() const
{
    if (empty())
    {
        return 0;
    }
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    return rows() > kMost / cols() ? kMost : rows() * cols();
}

std::optional<TileRange> TileRange::intersection(const TileRange &other) const
{
    const TileRange shared{std::max(min_row, other.min_row), std::min(max_row, other.max_row),
                           std::max(min_col, other.min_col), std::min(max_col, other.max_col)};
    return shared.empty() ? std::nullopt : std::optional(shared);
}

TileRange TileRange::united(const TileRange &other) const
{
    if (empty() || other.empty())
    {
        return empty() ? other : *this;
    }
    return {std::min(min_row, other.min_row), std::max(max_row, other.max_row), std::min(min_col, other.min_col),
            std::max(max_col, other.max_col)};
}

} // namespace tiledir::stac
