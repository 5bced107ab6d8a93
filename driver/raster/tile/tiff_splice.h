// GTiff tiles made from one that GDAL wrote.
#pragma once

#include "driver/raster/pixels/pixel_block.h"
#include "driver/raster/tile/tile_format.h"
#include "driver/store/store.h"
#include "stac/grid/bounds.h"

#include <optional>

namespace tiledir::raster
{

/// Tiles of one format differ in their compressed pixels, the size of those and the geotransform alone. For 256 x 256
/// bytes GDAL's way costs some 0.6 to 0.8 ms beside DEFLATE's 0.6 (level 1) to 1.7 (level 6): it builds the TIFF
/// directory twice, turns the CRS into GeoKeys and asks the drivers about the new file. This one compresses, and copies
/// the rest from a tile of GDAL's. The bytes are those that GDAL would write: whoever makes one compares before it is
/// used.
class TiffSplice
{
public:
    /// From a tile in GDAL's bytes. Nullopt unless the format is one strip of one band in DEFLATE, predictor 1 or 2,
    /// and the file ends with the strip.
    /// `level` is CPLZLibDeflate's.
    static std::optional<TiffSplice> of(const TileFormat &format, store::Bytes tile, int level);

    /// Nullopt where GDAL must do it.
    std::optional<store::Bytes> tile(const PixelBlock &pixels, const stac::Bounds &bounds) const;

private:
    store::Bytes m_head; ///< all before the strip
    int m_level = 0;
    bool m_predictor = false;
    std::size_t m_byte_count_at = 0; ///< offset of the strip's size, in m_byte_count_size bytes
    std::size_t m_byte_count_size = 0;
    std::size_t m_pixel_scale_at = 0; ///< 3 doubles
    std::size_t m_tiepoint_at = 0;    ///< 6 doubles
};

} // namespace tiledir::raster
