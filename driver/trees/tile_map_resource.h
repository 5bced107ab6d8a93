// tilemapresource.xml of gdal2tiles and other writers: a tree in the OSGeo's Tile Map Service layout,
// LEVEL/COLUMN/ROW.EXT with rows counted from below. Tile Map Service Specification 1.0.0.
#pragma once

#include "stac/item/tiled_assets_item.h"

#include <string>
#include <vector>

namespace tiledir::driver
{

class TileMapResource
{
public:
    /// Cheap test of a file's text.
    static bool looks_like_one(const std::string &text);
    /// Throws InputError that says what is wrong, without the file's name.
    static TileMapResource from_text(const std::string &text);

    /// The item of the tiles in `folder`. gdal2tiles says the same of its two geodetic grids (two tiles at level 0, or
    /// one): the bounding box and the columns that are stored tell which it is. Throws as list_tree() does.
    stac::TiledAssetsItem item(const std::string &folder) const;

private:
    struct Level
    {
        std::string folder;
        double units_per_pixel = 0;
    };
    stac::TileMatrixSet quad_grid(const char *id) const;
    stac::TileMatrixSet single_geodetic_grid() const;
    stac::TileMatrixSet raster_grid() const;

    std::string m_profile;
    std::string m_srs;
    stac::Bounds m_bounds;
    double m_origin_x = 0;
    double m_origin_y = 0;
    int m_tile_size = 256;
    std::string m_extension;
    std::vector<Level> m_levels;
};

} // namespace tiledir::driver
