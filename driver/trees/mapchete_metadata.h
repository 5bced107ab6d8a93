// mapchete's metadata.json: what grid an output's tiles LEVEL/ROW/COLUMN.EXT lie on.
#pragma once

#include "stac/item/pixel_buffer.h"
#include "stac/item/tiled_assets_item.h"

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

    /// The item of the tiles in `folder`. Beside its own STAC item mapchete leaves a tile 0/0 of nodata at each level,
    /// for others to open; the finest level's, from which the extent is taken, is left out of the limits where it lies
    /// apart from the others. Throws as list_tree() does.
    stac::TiledAssetsItem item(const std::string &folder) const;

private:
    stac::TileMatrixSet m_grid; ///< all levels that mapchete has
    std::string m_extension;
    stac::PixelBuffer m_pixel_buffer;
};

} // namespace tiledir::driver
