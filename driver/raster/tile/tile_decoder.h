// From the bytes of a stored tile to the pixels that its readers want, whatever its writer made of them.
#pragma once

#include "driver/raster/pixels/nodata_value.h"
#include "driver/raster/tile/decoded_tile.h"
#include "driver/raster/tile/tile_axis.h"
#include "driver/store/store.h"

#include <optional>
#include <string>
#include <vector>

namespace tiledir::raster
{

/// What is wanted of a stored tile.
struct TileSpec
{
    TileAxis columns;
    TileAxis rows;
    GDALDataType type = GDT_Byte;
    std::vector<std::optional<NodataValue>> nodata; ///< one a band
    bool last_is_alpha = false;
    bool masks = true; ///< whether the tile's own mask and nodata are looked at

    int bands() const { return static_cast<int>(nodata.size()); }
    /// True where only a mask can tell that a pixel has no data: there is a band without nodata, and no alpha.
    bool needs_validity() const;
};

/// The whole tile, in `type`, converted as GDAL does. What the tile says of pixels without data (mask, nodata, alpha
/// that is not wanted, colours that are transparent) becomes alpha where that is wanted and not stored, the wanted
/// nodata where there is one, else its validity. Where it is cut, it has no data.
///
/// The bands are those wanted, or: one more, alpha; one less, where alpha is wanted, which is then opaque; one with a
/// colour table where 3 or 4 are wanted, which are then its red, green, blue and alpha.
///
/// Throws TileError that names the path and the cause: no raster, corrupt, truncated, another size or band count.
DecodedTile decode_tile(const store::Bytes &bytes, const std::string &path, const TileSpec &spec);

/// Pixels of a tile of our own making: just these bands, nothing else of what the tile says.
PixelBlock decode_tile(const store::Bytes &bytes, const std::string &path, int width, int height, int bands,
                       GDALDataType type);

} // namespace tiledir::raster
