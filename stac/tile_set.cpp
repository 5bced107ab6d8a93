#include "stac/tile_set.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace tiledir::stac
{

TileSet::TileSet(const TileRange &range)
{
    for (std::int64_t row = range.min_row; row <= range.max_row && !range.empty(); ++row)
    {
        m_rows[row].insert(range.min_col, range.max_col);
    }
}

void TileSet::insert(std::int64_t row, std::int64_t first, std::int64_t last)
{
    m_rows[row].insert(first, last);
}

void TileSet::erase(std::int64_t row, std::int64_t first, std::int64_t last)
{
    const auto found = m_rows.find(row);
    if (found == m_rows.end())
    {
        return;
    }
    found->second.erase(first, last);
    if (found->second.empty())
    {
        m_rows.erase(found);
    }
}

void TileSet::insert(const TileSet &other)
{
    for (const auto &[row, columns] : other.m_rows)
    {
        m_rows[row].insert(columns);
    }
}

void TileSet::erase(const TileSet &other)
{
    for (const auto &[row, columns] : other.m_rows)
    {
        const auto found = m_rows.find(row);
        if (found == m_rows.end())
        {
            continue;
        }
        found->second.erase(columns);
        if (found->second.empty())
        {
            m_rows.erase(found);
        }
    }
}

bool TileSet::contains(std::int64_t row, std::int64_t col) const
{
    const auto found = m_rows.find(row);
    return found != m_rows.end() && found->second.contains(col);
}

bool TileSet::contains(const TileSet &other) const
{
    return std::all_of(other.m_rows.begin(), other.m_rows.end(),
                       [this](const auto &wanted)
                       {
                           const auto found = m_rows.find(wanted.first);
                           if (found == m_rows.end())
                           {
                               return false;
                           }
                           ColumnSet rest = wanted.second;
                           rest.erase(found->second);
                           return rest.empty();
                       });
}

std::int64_t TileSet::count() const
{
    std::int64_t count = 0;
    for (const auto &[row, columns] : m_rows)
    {
        count += columns.count();
    }
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
    for (const auto &[row, columns] : m_rows)
    {
        const ColumnRun all = columns.bounding();
        range.min_col = std::min(range.min_col, all.first);
        range.max_col = std::max(range.max_col, all.last);
    }
    return range;
}

TileSet TileSet::within(const TileRange &range) const
{
    TileSet part;
    for (auto row = m_rows.lower_bound(range.min_row); row != m_rows.end() && row->first <= range.max_row; ++row)
    {
        ColumnSet columns = row->second.within(range.min_col, range.max_col);
        if (!columns.empty())
        {
            part.m_rows.emplace_hint(part.m_rows.end(), row->first, std::move(columns));
        }
    }
    return part;
}

TileSet TileSet::common(const TileSet &other) const
{
    TileSet both;
    for (const auto &[row, columns] : m_rows)
    {
        const auto found = other.m_rows.find(row);
        ColumnSet shared = found == other.m_rows.end() ? ColumnSet() : columns.common(found->second);
        if (!shared.empty())
        {
            both.m_rows.emplace_hint(both.m_rows.end(), row, std::move(shared));
        }
    }
    return both;
}

void TileSet::for_each_run(const RunVisitor &visit) const
{
    for (const auto &[row, columns] : m_rows)
    {
        columns.for_each_run([&, at = row](std::int64_t first, std::int64_t last) { visit(at, first, last); });
    }
}

} // namespace tiledir::stac
