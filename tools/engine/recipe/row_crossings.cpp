#include "tools/engine/recipe/row_crossings.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tiledir::engine
{

void RowCrossings::Crossing::add(double x)
{
    left = std::min(left, x);
    right = std::max(right, x);
}

RowCrossings::RowCrossings(const stac::TileMatrix &matrix, const stac::TileRange &within, const Ring &ring,
                           double margin)
    : m_matrix(matrix)
    , m_within(within)
    , m_margin(margin)
{
    const auto [top, bottom] = std::minmax_element(ring.y.begin(), ring.y.end());
    const std::int64_t first_row = matrix.origin_is_bottom_left ? within.max_row : within.min_row;
    const std::int64_t last_row = matrix.origin_is_bottom_left ? within.min_row : within.max_row;
    m_first = std::max(row_of(*top - margin + kTouch), from_top(first_row));
    const std::int64_t last = std::min(row_of(*bottom + margin - kTouch), from_top(last_row));
    m_crossings.resize(static_cast<std::size_t>(std::max<std::int64_t>(0, last - m_first + 1)));
    for (std::size_t i = 1; i < ring.x.size() && !m_crossings.empty(); ++i)
    {
        add_segment(ring.x[i - 1], ring.y[i - 1], ring.x[i], ring.y[i]);
    }
}

void RowCrossings::add_tiles(double shift, stac::TileSet &into) const
{
    stac::TileRange range; // rows that have the same columns
    const auto add = [&]
    {
        const std::int64_t first = from_top(range.min_row);
        const std::int64_t last = from_top(range.max_row);
        into.insert(stac::TileRange{std::min(first, last), std::max(first, last), range.min_col, range.max_col});
    };
    for (std::size_t i = 0; i < m_crossings.size(); ++i)
    {
        const stac::TileRange row = columns(i, shift);
        if (!range.empty() && (row.min_col != range.min_col || row.max_col != range.max_col))
        {
            add();
            range = {};
        }
        if (range.empty())
        {
            range = row;
        }
        range.max_row = row.max_row;
    }
    if (!range.empty())
    {
        add();
    }
}

/// Of a row, which is counted from the top.
stac::TileRange RowCrossings::columns(std::size_t index, double shift) const
{
    const auto width = static_cast<double>(m_matrix.window().width);
    const double left = std::max(0.0, m_crossings[index].left - m_margin - shift + kTouch);
    const double right = std::min(width, m_crossings[index].right + m_margin - shift - kTouch);
    if (!(left < right))
    {
        return {};
    }
    const std::int64_t row = m_first + static_cast<std::int64_t>(index);
    return {row, row, std::max(static_cast<std::int64_t>(left / m_matrix.tile_width), m_within.min_col),
            std::min(static_cast<std::int64_t>(std::ceil(right / m_matrix.tile_width)) - 1, m_within.max_col)};
}

/// Rows counted from the top for tile rows, and the other way round.
std::int64_t RowCrossings::from_top(std::int64_t row) const
{
    return m_matrix.origin_is_bottom_left ? m_matrix.matrix_height - 1 - row : row;
}

std::int64_t RowCrossings::row_of(double y) const
{
    const double row = std::floor(y / m_matrix.tile_height);
    return static_cast<std::int64_t>(std::clamp(row, -1.0, static_cast<double>(m_matrix.matrix_height)));
}

void RowCrossings::add_segment(double x1, double y1, double x2, double y2)
{
    if (y1 > y2)
    {
        std::swap(x1, x2);
        std::swap(y1, y2);
    }
    const std::int64_t end = m_first + static_cast<std::int64_t>(m_crossings.size());
    const std::int64_t last = std::min(end - 1, row_of(y2 + m_margin));
    for (std::int64_t row = std::max(m_first, row_of(y1 - m_margin)); row <= last; ++row)
    {
        const double top = std::max(y1, static_cast<double>(row) * m_matrix.tile_height - m_margin);
        const double bottom = std::min(y2, static_cast<double>(row + 1) * m_matrix.tile_height + m_margin);
        if (top > bottom)
        {
            continue;
        }
        const double slope = y2 > y1 ? (x2 - x1) / (y2 - y1) : 0;
        Crossing &crossing = m_crossings[static_cast<std::size_t>(row - m_first)];
        crossing.add(top > y1 ? x1 + (top - y1) * slope : x1);
        crossing.add(bottom < y2 ? x1 + (bottom - y1) * slope : x2);
    }
}

} // namespace tiledir::engine
