#include "stac/grid/tile_set.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <utility>

namespace tiledir::stac
{

namespace
{

using Columns = std::shared_ptr<const ColumnSet>;

Columns shared(ColumnSet columns)
{
    return columns.empty() ? nullptr : std::make_shared<const ColumnSet>(std::move(columns));
}

/// Changes columns, in place where nobody else has them.
template <class Change> void change(Columns &columns, const Change &apply)
{
    if (columns.use_count() == 1)
    {
        // What others did with them before they let them go.
        std::atomic_thread_fence(std::memory_order_acquire);
        apply(const_cast<ColumnSet &>(*columns));
        return;
    }
    ColumnSet changed = columns ? *columns : ColumnSet();
    apply(changed);
    columns = std::make_shared<const ColumnSet>(std::move(changed));
}

/// What becomes of columns, computed once for rows that follow each other and have the same.
template <class Make> class Once
{
public:
    explicit Once(Make make)
        : m_make(std::move(make))
    {
    }

    const Columns &operator()(const Columns &one, const Columns &other)
    {
        if (!m_known || m_one != one || m_other != other)
        {
            m_result = m_make(one, other);
            m_one = one;
            m_other = other;
            m_known = true;
        }
        return m_result;
    }

private:
    Make m_make;
    bool m_known = false;
    Columns m_one;
    Columns m_other;
    Columns m_result;
};

Columns united(const Columns &one, const Columns &other)
{
    if (!one || !other || one == other)
    {
        return one ? one : other;
    }
    ColumnSet all = *one;
    all.insert(*other);
    return shared(std::move(all));
}

Columns difference(const Columns &one, const Columns &other)
{
    if (one == other)
    {
        return nullptr;
    }
    ColumnSet rest = *one;
    rest.erase(*other);
    return shared(std::move(rest));
}

Columns intersection(const Columns &one, const Columns &other)
{
    return one == other ? one : shared(one->common(*other));
}

} // namespace

void TileSet::insert(std::int64_t row, std::int64_t first, std::int64_t last)
{
    change(m_rows[row], [&](ColumnSet &columns) { columns.insert(first, last); });
}

void TileSet::erase(std::int64_t row, std::int64_t first, std::int64_t last)
{
    const auto found = m_rows.find(row);
    if (found == m_rows.end())
    {
        return;
    }
    change(found->second, [&](ColumnSet &columns) { columns.erase(first, last); });
    if (found->second->empty())
    {
        m_rows.erase(found);
    }
}

void TileSet::insert(const TileRange &range)
{
    if (!range.empty())
    {
        ColumnSet columns;
        columns.insert(range.min_col, range.max_col);
        insert(range.min_row, range.max_row, columns);
    }
}

void TileSet::insert(std::int64_t first, std::int64_t last, const ColumnSet &columns)
{
    const Columns added = shared(columns);
    if (!added)
    {
        return;
    }
    Once all(united);
    auto place = m_rows.lower_bound(first);
    for (std::int64_t row = first; row <= last; ++row)
    {
        if (place == m_rows.end() || place->first != row)
        {
            place = m_rows.emplace_hint(place, row, nullptr);
        }
        place->second = all(place->second, added);
        ++place;
    }
}

void TileSet::insert(const TileSet &other)
{
    Once all(united);
    auto place = m_rows.begin();
    for (const auto &[row, columns] : other.m_rows)
    {
        if (place == m_rows.end() || place->first < row)
        {
            place = m_rows.lower_bound(row);
        }
        if (place == m_rows.end() || place->first != row)
        {
            place = m_rows.emplace_hint(place, row, nullptr);
        }
        place->second = all(place->second, columns);
        ++place;
    }
}

void TileSet::erase(const TileSet &other)
{
    Once rest(difference);
    for (const auto &[row, columns] : other.m_rows)
    {
        const auto found = m_rows.find(row);
        if (found == m_rows.end())
        {
            continue;
        }
        found->second = rest(found->second, columns);
        if (!found->second)
        {
            m_rows.erase(found);
        }
    }
}

bool TileSet::contains(std::int64_t row, std::int64_t col) const
{
    const auto found = m_rows.find(row);
    return found != m_rows.end() && found->second->contains(col);
}

bool TileSet::contains(const TileSet &other) const
{
    Once rest(difference);
    return std::all_of(other.m_rows.begin(), other.m_rows.end(),
                       [&](const auto &wanted)
                       {
                           const auto found = m_rows.find(wanted.first);
                           return found != m_rows.end() && !rest(wanted.second, found->second);
                       });
}

std::int64_t TileSet::count() const
{
    std::int64_t count = 0;
    for_each_rows([&](std::int64_t first, std::int64_t last, const ColumnSet &columns)
                  { count += (last - first + 1) * columns.count(); });
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
        const ColumnRun all = columns->bounding();
        range.min_col = std::min(range.min_col, all.first);
        range.max_col = std::max(range.max_col, all.last);
    }
    return range;
}

TileSet TileSet::within(const TileRange &range) const
{
    TileSet part;
    Once inside([&](const Columns &columns, const Columns &)
                { return shared(columns->within(range.min_col, range.max_col)); });
    for (auto row = m_rows.lower_bound(range.min_row); row != m_rows.end() && row->first <= range.max_row; ++row)
    {
        if (const Columns &columns = inside(row->second, nullptr))
        {
            part.m_rows.emplace_hint(part.m_rows.end(), row->first, columns);
        }
    }
    return part;
}

TileSet TileSet::common(const TileSet &other) const
{
    TileSet both;
    Once inside(intersection);
    for (const auto &[row, columns] : m_rows)
    {
        const auto found = other.m_rows.find(row);
        if (found == other.m_rows.end())
        {
            continue;
        }
        if (const Columns &shared_columns = inside(columns, found->second))
        {
            both.m_rows.emplace_hint(both.m_rows.end(), row, shared_columns);
        }
    }
    return both;
}

void TileSet::for_each_run(const RunVisitor &visit) const
{
    for (const auto &[row, columns] : m_rows)
    {
        columns->for_each_run([&, at = row](std::int64_t first, std::int64_t last) { visit(at, first, last); });
    }
}

void TileSet::for_each_rows(const RowsVisitor &visit) const
{
    for (auto row = m_rows.begin(); row != m_rows.end();)
    {
        const auto first = row;
        std::int64_t last = row->first;
        for (++row; row != m_rows.end() && row->first == last + 1 && row->second == first->second; ++row)
        {
            ++last;
        }
        visit(first->first, last, *first->second);
    }
}

} // namespace tiledir::stac
