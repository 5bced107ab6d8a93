// A mosaic seen on the pixels of a tile matrix: what processes and CreateCopy read.
#pragma once

#include "driver/raster/input/mosaic_reader.h"
#include "driver/raster/pixels/mem_dataset.h"
#include "driver/raster/pixels/pixel_reader.h"
#include "driver/raster/resample/resampling.h"
#include "stac/grid/tile_matrix_set.h"

#include <memory>
#include <string>
#include <vector>

namespace tiledir::raster
{

/// GDAL's XSCALE and YSCALE: output pixels per input pixel along each axis.
struct KernelScale
{
    double x = 1;
    double y = 1;
};

/// Input cell / matrix cell, x and y, at the centre of the whole mosaic (where a pole lies in it, the middle ones by
/// size of cells all over it): fixed once for a run and a level, so that no pixel knows of tiles.
KernelScale kernel_scale(const Mosaic &mosaic, const std::string &grid_crs, const stac::TileMatrix &matrix);

/// Pixel size and extent that GDALSuggestedWarpOutput gives for the mosaic in the grid's CRS, or would give if x did
/// not jump at 180 degrees: the bounds of a mosaic across it run on.
struct SuggestedOutput
{
    double cell_size = 0;
    stac::Bounds bounds;

    /// The bounds on the grid: two where the mosaic lies across the ends of its world.
    std::vector<stac::Bounds> parts_on(const stac::TileMatrixSet &grid) const;
};
/// Throws InputError where the mosaic cannot be brought to the CRS.
SuggestedOutput suggested_output(const Mosaic &mosaic, const std::string &grid_crs);

/// Float32 (or `type`) pixels, NaN where no input covers the pixel. By the separable resampler where the axes map
/// separately (same CRS, or longitude/latitude to Mercator, and the kernel is nearest, bilinear, cubic or, on GDAL up
/// to 3.6, average), else by GDAL's warper with XSCALE and YSCALE fixed and no approximation (-et 0).
std::unique_ptr<PixelReader> open_grid_source(std::shared_ptr<const Mosaic> mosaic, const std::string &grid_crs,
                                              const stac::TileMatrix &matrix, Resampling resampling,
                                              const KernelScale &scale, GDALDataType type = GDT_Float32);
/// As open_grid_source(), which falls back to it, through GDAL's warper only; tests compare the two.
std::unique_ptr<PixelReader> open_warp_source(std::shared_ptr<const Mosaic> mosaic, const std::string &grid_crs,
                                              const stac::TileMatrix &matrix, Resampling resampling,
                                              const KernelScale &scale, GDALDataType type = GDT_Float32);

/// How a raster is warped that is no mosaic of plain numbers.
struct WarpedBands
{
    GDALDataType type = GDT_Byte;  ///< of the output, in which the warper works
    int bands = 1;                 ///< that are data
    bool source_has_alpha = false; ///< as the band after these
    bool opacity = false;          ///< the output has one more band: alpha, 0 where there is no data
    std::optional<double> source_nodata;
    std::optional<double> nodata; ///< of the output
};
/// By GDAL's warper, of one raster: alpha, complex numbers and 64-bit integers stay what they are. Without data there
/// are nodata or zeros.
std::unique_ptr<PixelReader> open_warp_source(DatasetPtr raster, const std::string &grid_crs,
                                              const stac::TileMatrix &matrix, Resampling resampling,
                                              const KernelScale &scale, const WarpedBands &bands);

} // namespace tiledir::raster
