// The STAC item of a dataset that the driver makes.
#pragma once

#include "driver/creating/creation_options.h"
#include "driver/raster/pyramid/pyramid.h"
#include "stac/item/tiled_assets_item.h"

#include <gdal_priv.h>

#include <optional>
#include <string>
#include <vector>

namespace tiledir::driver
{

/// What a dataset's bands say of themselves, for tiles of that format.
std::vector<stac::ItemBand> described_bands(GDALDataset &dataset, const raster::TileFormat &format);

/// `base` are the tiles of the finest level that the item stands for, `bounds` what they show and `extent` the pixels
/// of that level, where they are fewer than those of the tiles. `name` is the item's id where the options tell none.
stac::TiledAssetsItem created_item(const raster::Pyramid &pyramid, std::vector<stac::ItemBand> bands,
                                   const stac::TileRange &base, const stac::Bounds &bounds,
                                   const std::optional<stac::PixelWindow> &extent, const CreationOptions &options,
                                   const std::string &name);

} // namespace tiledir::driver
