// Which tile matrices make up a raster: one of them its pixels, coarser ones its overviews.
#pragma once

#include "driver/item/open_options.h"
#include "stac/item/tiled_assets_item.h"

#include <vector>

namespace tiledir::driver
{

/// One tile matrix and the pixels of it that the raster shows.
struct RasterLevel
{
    int matrix = 0; ///< index in the tile matrix set
    int ratio = 1;  ///< pixels of the base level along one pixel of this
    stac::PixelWindow window;
};

/// The base level first (the finest matrix that has tiles, the extent of its limits or, within them, that of
/// item_extent()), then its overviews from fine to
/// coarse.
///
/// GDAL takes for granted that an overview has the extent of its base. So a coarser matrix is an overview only if its
/// pixels nest in the base's and a whole number of them makes up the extent. Where the extent's edges lie between the
/// pixels of a coarser matrix, whole tiles without data are added to the extent if this makes it larger by at most a
/// sixteenth; else the matrix is left out. With an option LEVEL that matrix is the base, without overviews; with EXTENT
/// the extent is another. Throws InputError: no tiles, more pixels than GDAL can count, no such level.
std::vector<RasterLevel> raster_levels(const stac::TiledAssetsItem &item, const OpenOptions &options);

} // namespace tiledir::driver
