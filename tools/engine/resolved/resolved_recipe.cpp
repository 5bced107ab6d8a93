#include "tools/engine/resolved/resolved_recipe.h"

#include "driver/raster/tile/tile_format.h"

#include <fmt/format.h>

namespace tiledir::engine
{

stac::HrefTemplate tile_path_of(const std::string &format)
{
    return stac::HrefTemplate("{TileMatrix}/{TileRow}/{TileCol}." + raster::format_extension(format));
}

GDALDataType ResolvedRecipe::working_type(const std::string &input) const
{
    const bool rounds = GDALDataTypeUnion(mosaics.at(input)->type(), GDT_Float32) != GDT_Float32;
    return recipe.process->values_of(input) == InputValues::Exact && rounds ? GDT_Float64 : GDT_Float32;
}

std::string ResolvedRecipe::name(int level, std::int64_t row, std::int64_t col) const
{
    return fmt::format("{}/{}/{}", matrix(level).id, row, col);
}

} // namespace tiledir::engine
