// Columns of one row of tiles: a list of runs, or a bitmap where that is smaller.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

namespace tiledir::stac
{

/// Neither touching nor overlapping.
struct ColumnRun
{
    std::int64_t first = 0;
    std::int64_t last = 0;
};

/// Takes at most about a quarter of a byte for each column from the first to the last, or 16 bytes a run.
class ColumnSet
{
public:
    void insert(std::int64_t first, std::int64_t last);
    void erase(std::int64_t first, std::int64_t last);
    void insert(const ColumnSet &other);
    void erase(const ColumnSet &other);

    bool contains(std::int64_t col) const;
    bool empty() const;
    std::int64_t count() const;
    /// The smallest run that holds all; not of an empty set.
    ColumnRun bounding() const;
    /// From `first` to `last`.
    ColumnSet within(std::int64_t first, std::int64_t last) const;
    ColumnSet common(const ColumnSet &other) const;

    /// Calls `visit(first, last)` for each run, from the left.
    template <class Visit> void for_each_run(const Visit &visit) const
    {
        if (const Runs *runs = std::get_if<Runs>(&m_columns))
        {
            for (const ColumnRun &run : *runs)
            {
                visit(run.first, run.last);
            }
            return;
        }
        const Bitmap &bitmap = std::get<Bitmap>(m_columns);
        for (std::int64_t col = bitmap.next(bitmap.begin(), true); col < bitmap.end();)
        {
            const std::int64_t after = bitmap.next(col, false);
            visit(col, after - 1);
            col = bitmap.next(after, true);
        }
    }

private:
    using Runs = std::vector<ColumnRun>;

    /// Its first and last word are not 0.
    struct Bitmap
    {
        std::int64_t first_word = 0; ///< column / 64, rounded down
        std::vector<std::uint64_t> words;

        std::int64_t begin() const { return first_word * 64; }
        std::int64_t end() const { return (first_word + static_cast<std::int64_t>(words.size())) * 64; }
        bool has(std::int64_t col) const;
        /// From `col` on the first column that is there, or is not; end() where there is none.
        std::int64_t next(std::int64_t col, bool there) const;
        void set(std::int64_t first, std::int64_t last, bool there);
    };

    static void insert_run(Runs &runs, std::int64_t first, std::int64_t last);
    static void erase_run(Runs &runs, std::int64_t first, std::int64_t last);
    void become_bitmap();
    void become_runs();
    void cover(std::int64_t first, std::int64_t last);
    void trim();

    std::variant<Runs, Bitmap> m_columns;
};

} // namespace tiledir::stac
