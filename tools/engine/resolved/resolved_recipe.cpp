#include "tools/engine/resolved/resolved_recipe.h"

#include "driver/raster/tile/tile_format.h"

#include <fmt/format.h>

namespace tiledir::engine
{

stac::HrefTemplate tile_path_of(const std::string &format)
{
    return stac::HrefTemplate("{TileMatrix}/{TileRow}/{TileCol}." + raster::format_extension(format));
}

std::string ResolvedRecipe::name(int level, std::int64_t row, std::int64_t col) const
{
    return fmt::format("{}/{}/{}", matrix(level).id, row, col);
}

} // namespace tiledir::engine
