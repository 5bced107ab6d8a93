#include "stac/tile_set.h"

#include <algorithm>
#include <limits>

namespace tiledir::stac
{

TileSet::TileSet(const TileRange &range)
{
    for (std::int64_t row = range.min_row; row <= range.max_row && !range.empty(); ++row)
    {
        m_rows[row][range.min_col] = range.max_col;
    }
}

void TileSet::insert(std::int64_t row, std::int64_t first, std::int64_t last)
{
    Runs &runs = m_rows[row];
    auto run = runs.upper_bound(first);
    if (run != runs.begin() && std::prev(run)->second >= first - 1)
    {
        --run;
        first = run->first;
    }
    while (run != runs.end() && run->first <= last + 1)
    {
        last = std::max(last, run->second);
        run = runs.erase(run);
    }
    runs[first] = last;
}

void TileSet::erase(std::int64_t row, std::int64_t first, std::int64_t last)
{
    const auto found = m_rows.find(row);
    if (found == m_rows.end())
    {
        return;
    }
    Runs &runs = found->second;
    auto run = runs.upper_bound(first);
    if (run != runs.begin() && std::prev(run)->second >= first)
    {
        --run;
    }
    while (run != runs.end() && run->first <= last)
    {
        const auto [begin, end] = *run;
        run = runs.erase(run);
        if (begin < first)
        {
            runs[begin] = first - 1;
        }
        if (end > last)
        {
            runs[last + 1] = end;
        }
    }
    if (runs.empty())
    {
        m_rows.erase(found);
    }
}

void TileSet::insert(const TileSet &other)
{
    other.for_each_run([this](std::int64_t row, std::int64_t first, std::int64_t last) { insert(row, first, last); });
}

void TileSet::erase(const TileSet &other)
{
    other.for_each_run([this](std::int64_t row, std::int64_t first, std::int64_t last) { erase(row, first, last); });
}

bool TileSet::contains(std::int64_t row, std::int64_t col) const
{
    const auto found = m_rows.find(row);
    if (found == m_rows.end())
    {
        return false;
    }
    const auto run = found->second.upper_bound(col);
    return run != found->second.begin() && std::prev(run)->second >= col;
}

bool TileSet::contains(const TileSet &other) const
{
    TileSet rest = other;
    rest.erase(*this);
    return rest.empty();
}

std::int64_t TileSet::count() const
{
    std::int64_t count = 0;
    for_each_run([&](std::int64_t, std::int64_t first, std::int64_t last) { count += last - first + 1; });
    return count;
}

TileRange TileSet::bounding() const
{
    if (empty())
    {
        return {};
    }
    TileRange range{m_rows.begin()->first, m_rows.rbegin()->first, std::numeric_limits<std::int64_t>::max(),
                    std::numeric_limits<std::int64_t>::min()};
    for (const auto &[row, runs] : m_rows)
    {
        range.min_col = std::min(range.min_col, runs.begin()->first);
        range.max_col = std::max(range.max_col, runs.rbegin()->second);
    }
    return range;
}

TileSet TileSet::within(const TileRange &range) const
{
    TileSet part;
    for (auto row = m_rows.lower_bound(range.min_row); row != m_rows.end() && row->first <= range.max_row; ++row)
    {
        auto run = row->second.upper_bound(range.min_col);
        if (run != row->second.begin())
        {
            --run;
        }
        for (; run != row->second.end() && run->first <= range.max_col; ++run)
        {
            const std::int64_t first = std::max(run->first, range.min_col);
            const std::int64_t last = std::min(run->second, range.max_col);
            if (first <= last)
            {
                part.m_rows[row->first][first] = last;
            }
        }
    }
    return part;
}

TileSet TileSet::common(const TileSet &other) const
{
    TileSet outside = *this;
    outside.erase(other);
    TileSet inside = *this;
    inside.erase(outside);
    return inside;
}

void TileSet::for_each_run(const RunVisitor &visit) const
{
    for (const auto &[row, runs] : m_rows)
    {
        for (const auto &[first, last] : runs)
        {
            visit(row, first, last);
        }
    }
}

} // namespace tiledir::stac
