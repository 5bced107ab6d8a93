// What of stored tiles the bands of a source are.
#pragma once

#include "driver/raster/tile/tile_decoder.h"
#include "driver/reading/band_pixels.h"
#include "stac/grid/tile_matrix.h"
#include "stac/item/pixel_buffer.h"

#include <map>
#include <string>
#include <vector>

namespace tiledir::driver
{

/// What is wanted of a source's tiles. Immutable.
class WantedTile
{
public:
    /// Of one source's bands, in its order. Limits and buffers by the id of a tile matrix.
    WantedTile(const std::vector<BandPixels> &bands, std::map<std::string, stac::TileRange> limits,
               std::map<std::string, stac::PixelBuffer> buffers);

    GDALDataType type() const { return m_bands.type; } ///< holds every band's
    int bands() const { return m_bands.bands(); }

    /// Of one tile. In a matrix's last column and row tiles may be cut. Where the item says that a buffer ends with the
    /// tiles, it may mean those of the matrix or those in its limits.
    raster::TileSpec spec(const stac::TileMatrix &matrix, std::int64_t row, std::int64_t col) const;
    /// Tells one spec from another, where path and state of the tile are the same.
    std::string text(const stac::TileMatrix &matrix, std::int64_t row, std::int64_t col) const;

private:
    raster::TileSpec m_bands; ///< but for the axes
    std::string m_text;
    std::map<std::string, stac::TileRange> m_limits;
    std::map<std::string, stac::PixelBuffer> m_buffers;
};

} // namespace tiledir::driver
