// How the tiles of a tree are named: which number is the row, and from which side rows are counted.
#pragma once

#include "driver/trees/tree_listing.h"
#include "stac/grid/tile_matrix.h"

#include <array>
#include <optional>
#include <string>

namespace tiledir::driver
{

struct TileScheme
{
    bool row_first = false;       ///< LEVEL/ROW/COLUMN, else LEVEL/COLUMN/ROW
    bool rows_from_below = false; ///< as TMS counts them

    /// XYZ, TMS, ZYX and ZYX_TMS.
    static const std::array<TileScheme, 4> &all();
    const char *name() const;
    /// Of a name, in any case, or of a template: {z}/{x}/{-y}.png, {TileMatrix}/{TileRow}/{TileCol}.tif.
    static std::optional<TileScheme> of(const std::string &text);

    bool operator==(const TileScheme &other) const
    {
        return row_first == other.row_first && rows_from_below == other.rows_from_below;
    }

    std::int64_t col(const TileName &tile) const { return row_first ? tile.file : tile.folder; }
    /// Row in its matrix's own count, whichever its corner of origin.
    std::int64_t row(const TileName &tile, const stac::TileMatrix &matrix) const;
    /// Tiles that the two ranges of names span.
    stac::TileRange range(const NameRange &folders, const NameRange &files, const stac::TileMatrix &matrix) const;
    /// Template for a grid whose corners of origin are at the top (false) or at the bottom.
    std::string href(const std::string &extension, bool origin_is_bottom_left) const;
};

/// XYZ, TMS, ZYX, ZYX_TMS or a template: for messages.
extern const char *const kSchemes;

} // namespace tiledir::driver
