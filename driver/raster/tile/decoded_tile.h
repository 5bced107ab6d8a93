// What a stored tile holds, as its readers want it.
#pragma once

#include "driver/raster/pixels/color_table.h"
#include "driver/raster/pixels/pixel_block.h"

#include <gdal.h>

#include <memory>
#include <vector>

namespace tiledir::raster
{

struct DecodedTile
{
    PixelBlock pixels;
    /// A byte a pixel, rows from the top: 0 where the tile says that there is no data. Empty: data everywhere.
    std::vector<unsigned char> validity;
    std::shared_ptr<const ColorTable> colors; ///< of a tile of one band; null: none
    std::vector<GDALColorInterp> bands;       ///< of the bands as they are stored

    std::size_t size() const { return pixels.size() + validity.size(); }
};

} // namespace tiledir::raster
