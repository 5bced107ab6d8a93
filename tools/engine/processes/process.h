// What a process is: pixels of named inputs in, pixels of the output out. One file per process kind in processes/.
#pragma once

#include "driver/raster/input/mosaic.h"
#include "driver/raster/pixels/pixel_block.h"
#include "stac/grid/tile_matrix.h"
#include "tools/engine/schema/schema.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::engine
{

/// What a process makes.
struct ProcessOutput
{
    int bands = 1;
    GDALDataType type = GDT_Byte;
    double nodata = 0; ///< value of pixels it cannot make
    double lowest = 0; ///< range of the pixels it makes, ends included, nodata not among them
    double highest = 0;
    std::vector<std::string> band_names;
};

/// One run's process, on one grid; immutable, called from many threads.
class Process
{
public:
    virtual ~Process() = default;

    virtual ProcessOutput output() const = 0;

    /// Extra pixels that run() needs on every side of what it makes.
    virtual int pixel_buffer() const = 0;

    /// Makes the pixels of `window` of a matrix. Every input covers window.grown(pixel_buffer()), Float32, NaN where
    /// there is no data. A pixel depends on the inputs around it and on its level and row alone, never on the
    /// window. Throws TileError.
    virtual raster::PixelBlock run(const stac::TileMatrix &matrix, const stac::PixelWindow &window,
                                   const std::map<std::string, raster::PixelBlock> &inputs) const = 0;
};

/// What a process is made from.
struct ProcessSetting
{
    Json parameters;      ///< resolved by ProcessKind::parameters
    std::string grid_crs; ///< as spatial_reference() takes it
    std::map<std::string, std::shared_ptr<const raster::Mosaic>> inputs;
};

/// What can be asked for by name in a recipe.
struct ProcessKind
{
    std::string name;
    std::string title;
    Schema parameters;
    std::vector<std::string> inputs; ///< names that the recipe must give
    std::function<std::unique_ptr<Process>(const ProcessSetting &)> make;
    bool reads_elevations = false; ///< scale, offset and unit of each file count; else pixels are taken as they are
};

} // namespace tiledir::engine
