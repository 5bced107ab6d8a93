// The pixels of one file that fall on a window of a mosaic.
#pragma once

#include "driver/raster/input/mosaic.h"
#include "driver/raster/pixels/pixel_block.h"

#include <gdal_priv.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::raster
{

/// What tells the valid pixels of a band from the others.
struct Validity
{
    std::optional<double> nodata;
    bool nearly = false;            ///< floating point: nodata values read from text are off by a few digits
    GDALRasterBand *mask = nullptr; ///< mask or alpha band
    bool nan = false;               ///< the band's own type knows NaN
    bool all_valid() const { return !nodata && mask == nullptr && !nan; }
};

struct OpenBand
{
    GDALRasterBand *band = nullptr;
    bool signed_byte = false; ///< as GDAL before 3.7 has them
    Validity validity;
};

struct OpenedFile
{
    std::string path;
    GDALDatasetUniquePtr dataset;
    double factor = 1;
    double summand = 0;
    std::vector<OpenBand> bands;
    std::string trouble; ///< what GDAL told when its bands were looked at, and does not tell again

    bool all_valid() const
    {
        return std::all_of(bands.begin(), bands.end(), [](const OpenBand &each) { return each.validity.all_valid(); });
    }
};

/// Columns or rows: where they go in the output, and which input pixel each of them is.
struct Span
{
    int first = 0; ///< in the output
    int size = 0;
    int input_first = 0;
    int input_size = 0;
    std::vector<int> picks; ///< input pixel of each output pixel, from input_first; empty where it is the same one
};

/// The pixels of a source that fall on a window.
struct Part
{
    Span cols;
    Span rows;
};

/// Columns or rows of the mosaic that a window asks for.
struct Wanted
{
    std::int64_t window_first = 0;
    std::int64_t begin = 0; ///< on the mosaic
    std::int64_t end = 0;

    Wanted(std::int64_t first, std::int64_t size, int mosaic_size)
        : window_first(first)
        , begin(std::max<std::int64_t>(first, 0))
        , end(std::min<std::int64_t>(first + size, mosaic_size))
    {
    }
};

/// The wanted pixels that a file of this many has, which begins at a whole pixel.
Span aligned_span(const Wanted &wanted, double source_first, int source_size);

/// Nullopt where no pixel of the source falls on the window. By nearest neighbour where it is not aligned.
std::optional<Part> part_of(const MosaicSource &source, const Wanted &cols, const Wanted &rows);

/// True where the part is all of the window.
bool covers(const Part &part, const stac::PixelWindow &window);

/// With the nodata value that is given, else the band's own, its mask or its alpha band.
Validity validity_of(GDALRasterBand &band, const std::optional<double> &given);

/// The pixels of a part as the band has them. Throws TileError that names the file.
void read_pixels(const OpenedFile &file, GDALRasterBand &band, const Part &part, void *into, GDALDataType type,
                 std::size_t line_size);

/// Puts the valid pixels of all bands over those of a Float32 or Float64 block, as the mosaic has them; the block holds
/// NaN there where `nothing_below`. Throws TileError that names the file.
void read_part(const OpenedFile &file, const Part &part, bool nothing_below, PixelBlock &into);

} // namespace tiledir::raster
