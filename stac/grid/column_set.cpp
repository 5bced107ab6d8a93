#include "stac/grid/column_set.h"

#include <algorithm>

namespace tiledir::stac
{

namespace
{

constexpr std::int64_t kBits = 64;
constexpr std::uint64_t kAll = ~std::uint64_t{0};
constexpr std::size_t kFewRuns = 8;          ///< are never a bitmap
constexpr std::int64_t kColumnsOfARun = 128; ///< whose bits take as much room as a run

std::int64_t word_of(std::int64_t col)
{
    return col >= 0 ? col / kBits : -((-col + kBits - 1) / kBits);
}

/// How many words a bitmap from one column to another has.
std::int64_t words_between(std::int64_t first, std::int64_t last)
{
    return word_of(last) - word_of(first) + 1;
}

/// Four times as large as the runs would be: so much is allowed for not changing back and forth.
bool is_wasteful(std::int64_t words, std::int64_t runs)
{
    return words / 4 > (runs + static_cast<std::int64_t>(kFewRuns)) * kColumnsOfARun / kBits;
}

/// The first run that ends at `col` or after it.
template <class Runs> auto run_at(Runs &runs, std::int64_t col)
{
    return std::lower_bound(runs.begin(), runs.end(), col,
                            [](const ColumnRun &run, std::int64_t wanted) { return run.last < wanted; });
}

} // namespace

bool ColumnSet::Bitmap::has(std::int64_t col) const
{
    return col >= begin() && col < end() &&
           (words[static_cast<std::size_t>(word_of(col) - first_word)] >> (col - word_of(col) * kBits) & 1) != 0;
}

std::int64_t ColumnSet::Bitmap::next(std::int64_t col, bool there) const
{
    if (col >= end())
    {
        return end();
    }
    auto index = static_cast<std::size_t>(word_of(col) - first_word);
    std::uint64_t mask = kAll << (col - word_of(col) * kBits);
    for (; index < words.size(); ++index, mask = kAll)
    {
        if (const std::uint64_t found = (there ? words[index] : ~words[index]) & mask; found != 0)
        {
            return (first_word + static_cast<std::int64_t>(index)) * kBits + __builtin_ctzll(found);
        }
    }
    return end();
}

/// Both columns lie in the bitmap.
void ColumnSet::Bitmap::set(std::int64_t first, std::int64_t last, bool there)
{
    for (std::int64_t word = word_of(first); word <= word_of(last); ++word)
    {
        const std::int64_t from = std::max(first - word * kBits, std::int64_t{0});
        const std::int64_t to = std::min(last - word * kBits, kBits - 1);
        const std::uint64_t mask = kAll << from & kAll >> (kBits - 1 - to);
        std::uint64_t &bits = words[static_cast<std::size_t>(word - first_word)];
        bits = there ? bits | mask : bits & ~mask;
    }
}

void ColumnSet::insert_run(Runs &runs, std::int64_t first, std::int64_t last)
{
    const auto begin = run_at(runs, first - 1);
    auto end = begin;
    while (end != runs.end() && end->first <= last + 1)
    {
        first = std::min(first, end->first);
        last = std::max(last, end->last);
        ++end;
    }
    if (begin == end)
    {
        runs.insert(begin, {first, last});
        return;
    }
    *begin = {first, last};
    runs.erase(begin + 1, end);
}

void ColumnSet::erase_run(Runs &runs, std::int64_t first, std::int64_t last)
{
    auto begin = run_at(runs, first);
    auto end = begin;
    while (end != runs.end() && end->first <= last)
    {
        ++end;
    }
    if (begin == end)
    {
        return;
    }
    const ColumnRun left{begin->first, first - 1};
    const ColumnRun right{last + 1, (end - 1)->last};
    begin = runs.erase(begin, end);
    if (right.first <= right.last)
    {
        begin = runs.insert(begin, right);
    }
    if (left.first <= left.last)
    {
        runs.insert(begin, left);
    }
}

void ColumnSet::insert(std::int64_t first, std::int64_t last)
{
    if (std::holds_alternative<Bitmap>(m_columns))
    {
        cover(first, last);
    }
    if (Bitmap *bitmap = std::get_if<Bitmap>(&m_columns))
    {
        bitmap->set(first, last, true);
        return;
    }
    Runs &runs = std::get<Runs>(m_columns);
    insert_run(runs, first, last);
    const ColumnRun all = bounding();
    if (runs.size() > kFewRuns &&
        words_between(all.first, all.last) * kBits / 2 < static_cast<std::int64_t>(runs.size()) * kColumnsOfARun)
    {
        become_bitmap();
    }
}

void ColumnSet::erase(std::int64_t first, std::int64_t last)
{
    if (Runs *runs = std::get_if<Runs>(&m_columns))
    {
        erase_run(*runs, first, last);
        return;
    }
    Bitmap &bitmap = std::get<Bitmap>(m_columns);
    first = std::max(first, bitmap.begin());
    last = std::min(last, bitmap.end() - 1);
    if (first <= last)
    {
        bitmap.set(first, last, false);
        trim();
    }
}

void ColumnSet::insert(const ColumnSet &other)
{
    if (empty())
    {
        *this = other;
        return;
    }
    other.for_each_run([this](std::int64_t first, std::int64_t last) { insert(first, last); });
}

void ColumnSet::erase(const ColumnSet &other)
{
    other.for_each_run([this](std::int64_t first, std::int64_t last) { erase(first, last); });
}

bool ColumnSet::contains(std::int64_t col) const
{
    if (const Bitmap *bitmap = std::get_if<Bitmap>(&m_columns))
    {
        return bitmap->has(col);
    }
    const Runs &runs = std::get<Runs>(m_columns);
    const auto run = run_at(runs, col);
    return run != runs.end() && run->first <= col;
}

bool ColumnSet::empty() const
{
    const Runs *runs = std::get_if<Runs>(&m_columns);
    return runs != nullptr && runs->empty();
}

std::int64_t ColumnSet::count() const
{
    std::int64_t count = 0;
    for_each_run([&](std::int64_t first, std::int64_t last) { count += last - first + 1; });
    return count;
}

ColumnRun ColumnSet::bounding() const
{
    if (const Runs *runs = std::get_if<Runs>(&m_columns))
    {
        return {runs->front().first, runs->back().last};
    }
    const Bitmap &bitmap = std::get<Bitmap>(m_columns);
    return {bitmap.next(bitmap.begin(), true), bitmap.end() - 1 - __builtin_clzll(bitmap.words.back())};
}

ColumnSet ColumnSet::within(std::int64_t first, std::int64_t last) const
{
    ColumnSet part;
    if (const Bitmap *bitmap = std::get_if<Bitmap>(&m_columns))
    {
        const std::int64_t end = std::min(last + 1, bitmap->end());
        for (std::int64_t col = bitmap->next(std::max(first, bitmap->begin()), true); col < end;)
        {
            const std::int64_t after = std::min(bitmap->next(col, false), end);
            part.insert(col, after - 1);
            col = bitmap->next(after, true);
        }
        return part;
    }
    const Runs &runs = std::get<Runs>(m_columns);
    for (auto run = run_at(runs, first); run != runs.end() && run->first <= last; ++run)
    {
        part.insert(std::max(run->first, first), std::min(run->last, last));
    }
    return part;
}

ColumnSet ColumnSet::common(const ColumnSet &other) const
{
    Runs runs;
    other.for_each_run([&](std::int64_t first, std::int64_t last) { runs.push_back({first, last}); });
    ColumnSet result;
    auto run = runs.begin();
    for_each_run(
        [&](std::int64_t first, std::int64_t last)
        {
            while (run != runs.end() && run->last < first)
            {
                ++run;
            }
            for (; run != runs.end() && run->first <= last; ++run)
            {
                result.insert(std::max(run->first, first), std::min(run->last, last));
                if (run->last > last)
                {
                    break;
                }
            }
        });
    return result;
}

void ColumnSet::become_bitmap()
{
    const Runs runs = std::get<Runs>(m_columns);
    Bitmap bitmap;
    bitmap.first_word = word_of(runs.front().first);
    bitmap.words.resize(static_cast<std::size_t>(words_between(runs.front().first, runs.back().last)));
    for (const ColumnRun &run : runs)
    {
        bitmap.set(run.first, run.last, true);
    }
    m_columns = std::move(bitmap);
}

void ColumnSet::become_runs()
{
    Runs runs;
    for_each_run([&](std::int64_t first, std::int64_t last) { runs.push_back({first, last}); });
    m_columns = std::move(runs);
}

/// Makes room in a bitmap; where that would be wasteful it becomes runs.
void ColumnSet::cover(std::int64_t first, std::int64_t last)
{
    Bitmap &bitmap = std::get<Bitmap>(m_columns);
    const std::int64_t first_word = std::min(word_of(first), bitmap.first_word);
    const std::int64_t last_word = std::max(word_of(last), word_of(bitmap.end() - 1));
    const std::int64_t words = last_word - first_word + 1;
    if (words == static_cast<std::int64_t>(bitmap.words.size()))
    {
        return;
    }
    std::int64_t runs = 0;
    for_each_run([&](std::int64_t, std::int64_t) { ++runs; });
    if (is_wasteful(words, runs))
    {
        become_runs();
        return;
    }
    bitmap.words.insert(bitmap.words.begin(), static_cast<std::size_t>(bitmap.first_word - first_word), 0);
    bitmap.first_word = first_word;
    bitmap.words.resize(static_cast<std::size_t>(words));
}

/// After erasing from a bitmap.
void ColumnSet::trim()
{
    Bitmap &bitmap = std::get<Bitmap>(m_columns);
    const auto is_used = [](std::uint64_t bits) { return bits != 0; };
    const auto begin = std::find_if(bitmap.words.begin(), bitmap.words.end(), is_used);
    if (begin == bitmap.words.end())
    {
        m_columns = Runs();
        return;
    }
    bitmap.words.erase(std::find_if(bitmap.words.rbegin(), bitmap.words.rend(), is_used).base(), bitmap.words.end());
    bitmap.first_word += begin - bitmap.words.begin();
    bitmap.words.erase(bitmap.words.begin(), begin);
}

} // namespace tiledir::stac
