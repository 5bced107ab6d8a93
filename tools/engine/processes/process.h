// What a process is: pixels of named inputs in, pixels of the output out. One file per process kind in processes/.
#pragma once

#include "driver/raster/input/mosaic.h"
#include "driver/raster/pixels/pixel_block.h"
#include "driver/raster/resample/resampling.h"
#include "stac/grid/tile_matrix.h"
#include "tools/engine/schema/schema.h"

#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::engine
{

/// What a pixel of an input is that has no data.
constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

/// Ends included.
struct ValueRange
{
    double lowest = 0;
    double highest = 0;
};

/// What a process makes.
struct ProcessOutput
{
    std::vector<std::string> band_names; ///< of each band
    GDALDataType type = GDT_Byte;        ///< of the tiles where the recipe asks for no other
    /// Value of pixels that it cannot make, NaN for one; unless the last band is opacity.
    double nodata = 0;
    bool alpha = false; ///< the last band is opacity: 0 where it cannot make the others
    /// Of the pixels that it makes, nodata not among them; nullopt: anything that the type holds.
    std::optional<ValueRange> range = std::nullopt;
    raster::Resampling overview_resampling = raster::Resampling::Average; ///< unless the recipe says another

    int bands() const { return static_cast<int>(band_names.size()); }
};

/// One run's process, on one grid; immutable, called from many threads.
class Process
{
public:
    virtual ~Process() = default;

    virtual ProcessOutput output() const = 0;

    /// Extra pixels that run() needs on every side of what it makes.
    virtual int pixel_buffer() const = 0;

    /// Makes the pixels of `window` of a matrix. Every input covers window.grown(pixel_buffer()), NaN where there is no
    /// data: Float32, or Float64 where that of the kind is exact and Float32 would not hold each value of the input's
    /// own type. What it makes may be of another type than output() says. A pixel depends on the inputs around it and
    /// on its level and row alone, never on the window. Throws TileError.
    virtual raster::PixelBlock run(const stac::TileMatrix &matrix, const stac::PixelWindow &window,
                                   const std::map<std::string, raster::PixelBlock> &inputs) const = 0;
};

/// What is known of an input before its pixels are read.
struct ProcessInput
{
    int bands = 1;
    GDALDataType type = GDT_Byte;                 ///< the union of its files' types
    std::string unit;                             ///< of its pixels, as the first file says
    std::shared_ptr<const raster::Mosaic> mosaic; ///< null where a step before has made it
};

/// What a process is made from.
struct ProcessSetting
{
    Json parameters;      ///< resolved by ProcessKind::parameters
    std::string grid_crs; ///< as spatial_reference() takes it
    std::map<std::string, ProcessInput> inputs;
};

/// What the pixels of a process's inputs mean to it.
enum class InputValues
{
    AsTheyAre,
    Exact,     ///< so, and in Float64 where Float32 would round them
    Elevations ///< scale, offset and unit of each file count
};

/// Reads a text file whose name stands in a recipe, relative to that. Throws InputError.
using ReadText = std::function<std::string(const std::string &name)>;

/// What can be asked for by name in a recipe.
struct ProcessKind
{
    std::string name;
    std::string title;
    Schema parameters;
    std::vector<std::string> inputs; ///< that the recipe must give, and no others; filled in where `reads` tells them
    std::function<std::unique_ptr<Process>(const ProcessSetting &)> make;
    InputValues values = InputValues::AsTheyAre;
    /// Puts what files say that parameters name in their place, so that a saved recipe tells all.
    std::function<void(Json &parameters, const ReadText &read)> complete = nullptr;
    /// Inputs that the parameters name; null where they are the same whatever these are.
    std::function<std::vector<std::string>(const Json &parameters)> reads = nullptr;
    std::map<std::string, InputValues> values_by_input = {}; ///< of those to which `values` does not apply

    InputValues values_of(const std::string &input) const
    {
        const auto found = values_by_input.find(input);
        return found == values_by_input.end() ? values : found->second;
    }
};

} // namespace tiledir::engine
