// Overviews: a coarser matrix's pixels from the next finer one's.
#pragma once

#include "driver/raster/pixels/pixel_block.h"
#include "driver/raster/resample/resampling.h"

#include <optional>

namespace tiledir::raster
{

/// What the last band of a block says.
enum class LastBand
{
    Plain, ///< as the others
    Alpha, ///< opacity: where it is 0 the others have no data
    Mask   ///< 255 where the others have data, else 0
};

/// Each pixel from ratio x ratio pixels of `finer` (whose size is a whole multiple of ratio), bit for bit as GDAL's
/// overviews (gdaladdo) make them. Pixels that equal nodata (NaN for NaN; to the last digit in 64-bit integers, of
/// which GDAL makes doubles) or that the last band leaves out take no part. A pixel of a mask is valid where one below
/// it is; by nearest, where that one is. Throws TileError.
PixelBlock make_overview(const PixelBlock &finer, int ratio, Resampling resampling,
                         const std::optional<NodataValue> &nodata, LastBand last = LastBand::Plain);

/// Part of a block, in pixels from its upper left corner; edges may lie between pixels.
struct BlockPart
{
    double col = 0;
    double row = 0;
    double width = 0;
    double height = 0;
};

/// For matrices whose pixels do not nest: width x height pixels from a part of `finer`, as GDAL resamples when it reads
/// a part of a raster. Throws TileError.
PixelBlock make_overview(const PixelBlock &finer, const BlockPart &part, int width, int height, Resampling resampling,
                         const std::optional<NodataValue> &nodata, LastBand last = LastBand::Plain);

} // namespace tiledir::raster
