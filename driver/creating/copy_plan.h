// What CreateCopy makes of a source: grid, levels, format and where the pixels come from.
#pragma once

#include "driver/creating/creation_options.h"
#include "driver/raster/input/source_raster.h"
#include "driver/raster/pyramid/native_source.h"
#include "driver/raster/pyramid/pyramid_builder.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::driver
{

struct CopyPlan
{
    raster::Pyramid pyramid;
    stac::TileRange base;                    ///< tiles of the finest level
    std::optional<stac::PixelWindow> extent; ///< pixels of the finest level; nullopt: all of the tiles
    stac::Bounds data_bounds;                ///< of the source, in the grid's CRS
    std::vector<stac::Bounds> data_parts; ///< of these: two where the source lies across the ends of the grid's world
    bool by_whole_rows = false;
    /// Of the finest level; may be called from many threads. The source and the pyramid must live longer.
    std::function<std::unique_ptr<raster::PixelReader>(const raster::TilePyramid &)> open;
    std::vector<std::string> losses; ///< what the source has and the copy will not, a line each
};

/// Throws InputError: the source does not fit the grid or the format, or an option does not fit the source.
CopyPlan plan_copy(const raster::SourceRaster &source, const CreationOptions &options);

} // namespace tiledir::driver
