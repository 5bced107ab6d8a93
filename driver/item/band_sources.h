// Which stored tiles the bands of a dataset are in, and what they are.
#pragma once

#include "driver/item/opened_item.h"
#include "driver/item/raster_levels.h"
#include "driver/reading/tile_reader.h"
#include "stac/grid/href_template.h"
#include "stac/item/tiled_assets_item.h"

#include <map>
#include <string>
#include <vector>

namespace tiledir::driver
{

/// Has the template a band's name in it ({eo:band} or {eo:bands}: the specification's README has both)?
bool has_tiles_of_each_band(const stac::HrefTemplate &href);
/// Gives both the name of a band.
void set_band(std::map<std::string, std::string> &values, const std::string &name);

struct BandSources
{
    std::vector<TileSource> sources;
    std::vector<stac::ItemBand> bands;
    std::vector<BandPixels> pixels; ///< one a band
};

/// Of the chosen assets, in their order. What the item leaves out of the bands is asked of a stored tile. Throws
/// InputError (too many bands, a type that GDAL lacks, bands that the tiles have not), and what reading a tile throws.
BandSources band_sources(const OpenedItem &opened);

/// A tile is decoded whole, in all of its bands. Throws InputError where that takes more memory than is sane.
void check_tile_sizes(const stac::TileMatrixSet &grid, const std::vector<RasterLevel> &levels,
                      const std::vector<BandPixels> &bands);

} // namespace tiledir::driver
