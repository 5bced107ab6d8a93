// The tiles of a grid's level from a raster that is warped onto it.
#pragma once

#include "driver/raster/input/source_raster.h"
#include "driver/raster/pyramid/native_source.h"
#include "driver/raster/warp/grid_source.h"

#include <memory>
#include <string>

namespace tiledir::raster
{

/// A raster to be warped onto a grid, looked at once for all threads.
class WarpedRaster
{
public:
    /// Throws InputError: no CRS or geotransform, rotated, or where the grid's CRS is not defined.
    WarpedRaster(const SourceRaster &source, const SourcePixels &pixels, const std::string &grid_crs);

    /// What GDAL suggests in the grid's CRS.
    const SuggestedOutput &suggested() const { return m_suggested; }
    /// Windows of a matrix, as blocks of the pyramid's format.
    std::unique_ptr<PixelReader> open(const TilePyramid &pyramid, Resampling resampling) const;

private:
    const SourceRaster &m_source;
    SourcePixels m_pixels;
    std::shared_ptr<const Mosaic> m_mosaic;
    SuggestedOutput m_suggested;
};

} // namespace tiledir::raster
