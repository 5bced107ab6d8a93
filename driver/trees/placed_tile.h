// What a tile's own file says of where it lies: geotransform and CRS, in the file or in .aux.xml or a world file.
#pragma once

#include "driver/trees/tree_listing.h"

#include <ogr_spatialref.h>

#include <optional>
#include <string>

namespace tiledir::driver
{

struct FilePlace
{
    double left = 0;
    double top = 0;
    double cell_size = 0;
    OGRSpatialReference crs; ///< empty where only a world file tells of the place
};

struct PlacedTile
{
    TileName name;
    int width = 0;
    int height = 0;
    std::optional<FilePlace> place; ///< nothing where the file does not tell, or has cells that are not square
};

/// Opens the tile. Throws TileError where it is no raster.
PlacedTile placed_tile(const TreeListing &tree, const StoredLevel &level, const TileName &name);

/// Opens the tile: has its first band a pixel that is not nodata? Throws TileError where it is no raster.
bool has_data(const TreeListing &tree, const StoredLevel &level, const TileName &name);

} // namespace tiledir::driver
