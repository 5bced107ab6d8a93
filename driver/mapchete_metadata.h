// mapchete's metadata.json: what grid an output's tiles LEVEL/ROW/COLUMN.EXT lie on.
#pragma once

#include "stac/pixel_buffer.h"
#include "stac/tiled_assets_item.h"

#include <optional>
#include <string>

namespace tiledir::driver
{

class MapcheteMetadata
{
public:
    /// Cheap test of a file's text.
    static bool looks_like_one(const std::string &text);
    /// Throws InputError `member: what is wrong` without the file's name.
    static MapcheteMetadata from_text(const std::string &text);

    /// The item of the tiles in `folder`. mapchete leaves an empty tile 0/0 at each level beside its own STAC item, for
    /// others to open; it adds nothing to the limits where it lies apart from the data. Throws as list_tree() does.
    stac::TiledAssetsItem item(const std::string &folder) const;

private:
    stac::TileMatrixSet m_grid; ///< all levels that mapchete has
    std::string m_extension;
    stac::PixelBuffer m_pixel_buffer;
    std::optional<stac::Bounds> m_data; ///< "effective_bounds", in the grid's CRS
};

} // namespace tiledir::driver
