// Reads windows of a mosaic. One reader a thread: it keeps files open (a bounded number) between calls.
#pragma once

#include "driver/raster/input/mosaic.h"
#include "driver/raster/pixels/pixel_block.h"

#include <memory>

namespace tiledir::raster
{

class MosaicReader
{
public:
    explicit MosaicReader(std::shared_ptr<const Mosaic> mosaic);
    ~MosaicReader();
    MosaicReader(const MosaicReader &) = delete;
    MosaicReader &operator=(const MosaicReader &) = delete;

    const Mosaic &mosaic() const { return *m_mosaic; }

    /// Float32 (or Float64, where `type` says so) pixels of the window, all bands; NaN where no file covers a pixel
    /// or where the file says nodata (its nodata value, mask band or alpha; the value given to Mosaic::open before
    /// those) or holds NaN itself; what lies below such a pixel shows. Pixels are what their file's factor and summand
    /// make of them. The window may reach beyond the mosaic: NaN
    /// there, but what is on the other side where the mosaic reaches around the globe. Files that do not align are
    /// brought to the mosaic's pixels by their own kernel: nearest neighbour as a VRT does it; else a pixel is valid
    /// where the file's pixel under its centre is, and at the file's borders the kernel takes what others hold there.
    /// Throws TileError that names the file.
    void read(const stac::PixelWindow &window, PixelBlock &into, GDALDataType type = GDT_Float32);

    /// Brings the files' blocks under a window into GDAL's cache, each file's in one call; nothing where they hold more
    /// than `most_bytes`. Throws TileError that names the file.
    void fetch(const stac::PixelWindow &window, std::int64_t most_bytes);

    /// Drops what GDAL keeps of the files read, so that memory does not depend on their size.
    void forget();

private:
    class Files;
    template <class Read> void reading(const Read &read);
    void fetch_flat(const stac::PixelWindow &window);
    void read_flat(const stac::PixelWindow &window, PixelBlock &into, GDALDataType type, bool nearest = false);
    void read_resampled(std::size_t index, const stac::PixelWindow &window, PixelBlock &into);
    void read_around(std::size_t index, const stac::PixelWindow &window, PixelBlock &input);
    std::shared_ptr<const Mosaic> m_mosaic;
    std::unique_ptr<Files> m_files;
};

} // namespace tiledir::raster
