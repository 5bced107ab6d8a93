// The levels of a pyramid as people write them.
#pragma once

#include "stac/grid/tile_matrix_set.h"

#include <optional>
#include <string>

namespace tiledir::stac
{

/// Indices of matrices in their set.
struct LevelRange
{
    int coarsest = 0;
    int finest = 0;
};

/// Of one matrix's id, or of two with a dash between them, the coarsest first, as 5-11. Ids may have dashes themselves.
/// Nullopt where the text is none of the grid, or may be read in two ways.
std::optional<LevelRange> find_level_range(const TileMatrixSet &grid, const std::string &text);

/// As find_level_range(), but throws InputError that tells what is wrong and what would be right, not where: whoever
/// asks says that.
LevelRange level_range(const TileMatrixSet &grid, const std::string &text);

/// What find_level_range() reads.
std::string level_range_text(const TileMatrixSet &grid, const LevelRange &range);

} // namespace tiledir::stac
