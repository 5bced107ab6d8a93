// Windows of pixels from somewhere: what CreateCopy, overviews and processes read.
#pragma once

#include "driver/raster/pixels/pixel_block.h"
#include "stac/grid/bounds.h"

#include <cstdint>

namespace tiledir::raster
{

/// Reads any window of one tile matrix. No pixel depends on the window asked for. One a thread.
class PixelReader
{
public:
    virtual ~PixelReader() = default;
    /// Makes the block what the window is, of the window's size; without data where there is none. Bands, type and how
    /// a pixel is without data are said by whoever opens the reader. Throws TileError.
    virtual void read(const stac::PixelWindow &window, PixelBlock &into) = 0;
    /// True where the window is known to be without data.
    virtual bool is_empty(const stac::PixelWindow &) { return false; }
    /// Brings what a window is read from into memory, with few requests where it lies over a network; nothing where
    /// that is more than `most_bytes`, or where it is not known which it is. Throws TileError.
    virtual void fetch(const stac::PixelWindow &, std::int64_t /*most_bytes*/) {}
    /// Drops what GDAL keeps of what was read: it will hardly be asked for again.
    virtual void forget() {}
};

} // namespace tiledir::raster
