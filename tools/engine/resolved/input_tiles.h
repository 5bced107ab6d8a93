// Which tiles depend on which parts of an input.
#pragma once

#include "tools/engine/resolved/resolved_recipe.h"

#include <string>
#include <vector>

namespace tiledir::engine
{

/// Tiles of a level whose pixels may change with those of an input in `rectangles` (in the input's CRS): what the
/// rectangles touch, grown by the reach of the resampling kernel at that level, by the process's pixel buffer, and by
/// a pixel for kernels that take what lies under a pixel. Of the tiles in `within`.
stac::TileSet tiles_of_input(const ResolvedRecipe &resolved, const std::string &input,
                             const std::vector<stac::Bounds> &rectangles, int level, const stac::TileRange &within);

/// Tiles of the base level that may have pixels of any file.
stac::TileSet tiles_of_files(const ResolvedRecipe &resolved, const stac::TileRange &within);

} // namespace tiledir::engine
