// Sets of tiles of one matrix, row by row: small for what a journal holds, one run of tiles or millions, however
// scattered. Rows that came to be alike together are kept once, in copies of the set too.
#pragma once

#include "stac/grid/bounds.h"
#include "stac/grid/column_set.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <tuple>

namespace tiledir::stac
{

/// A tile of the grid; `level` is the index of its matrix in the set.
struct TileId
{
    int level = 0;
    std::int64_t row = 0;
    std::int64_t col = 0;

    bool operator==(const TileId &other) const { return level == other.level && row == other.row && col == other.col; }
    bool operator<(const TileId &other) const
    {
        return std::tie(level, row, col) < std::tie(other.level, other.row, other.col);
    }
};

class TileSet
{
public:
    /// Columns [first, last] of a row.
    using RunVisitor = std::function<void(std::int64_t row, std::int64_t first, std::int64_t last)>;
    /// Rows [first, last] that have the same columns.
    using RowsVisitor = std::function<void(std::int64_t first, std::int64_t last, const ColumnSet &columns)>;

    TileSet() = default;
    explicit TileSet(const TileRange &range) { insert(range); }

    void insert(std::int64_t row, std::int64_t first, std::int64_t last);
    void erase(std::int64_t row, std::int64_t first, std::int64_t last);
    void insert(std::int64_t row, std::int64_t col) { insert(row, col, col); }
    void insert(const TileRange &range);
    /// These columns of each row in [first, last].
    void insert(std::int64_t first, std::int64_t last, const ColumnSet &columns);
    void insert(const TileSet &other);
    void erase(const TileSet &other);

    bool contains(std::int64_t row, std::int64_t col) const;
    bool contains(const TileSet &other) const;
    bool empty() const { return m_rows.empty(); }
    std::int64_t count() const;
    /// The smallest range that holds all; empty for none.
    TileRange bounding() const;
    TileSet within(const TileRange &range) const;
    TileSet common(const TileSet &other) const;
    void for_each_run(const RunVisitor &visit) const;
    /// Neighbouring rows that are kept once are visited once.
    void for_each_rows(const RowsVisitor &visit) const;

private:
    using Columns = std::shared_ptr<const ColumnSet>;

    std::map<std::int64_t, Columns> m_rows; ///< none of them empty or null
};

} // namespace tiledir::stac

/// Neighbours differ in their last digits: these are mixed into all others.
template <> struct std::hash<tiledir::stac::TileId>
{
    std::size_t operator()(const tiledir::stac::TileId &tile) const
    {
        constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15; // 2^64 / golden ratio
        std::uint64_t mixed = static_cast<std::uint64_t>(tile.row) * kOdd + static_cast<std::uint64_t>(tile.col);
        mixed = mixed * kOdd + static_cast<std::uint64_t>(tile.level);
        return static_cast<std::size_t>(mixed * kOdd ^ mixed >> 32U);
    }
};
