// The tile formats of which more is known than their GDAL drivers tell, in one table.
#pragma once

#include "driver/raster/tile/tile_format.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tiledir::raster
{

/// What makes a tile's pixels others than those that were put into it.
struct Loss
{
    std::string how;    ///< `WEBP`, `COMPRESS=LERC, MAX_Z_ERROR=0.5`
    bool blurs = false; ///< a pixel's value depends on those of its neighbours
};

struct KnownFormat
{
    std::string driver;     ///< GDAL's short name
    std::string extension;  ///< of files; empty: as the driver says
    std::string media_type; ///< empty: as the driver says
    int least_bands = 1;
    int most_bands = 0;               ///< 0: any number
    std::vector<int> bands_of_color;  ///< numbers of bands beside which one more is opacity, without a word of it
    bool has_masks = false;           ///< stored in the tile beside its bands
    bool tells_colors = false;        ///< a band's meaning is its number
    std::string standard_compression; ///< creation option COMPRESS of tiles, where none is given
    std::string compression;          ///< the only one, as GDAL names it; empty: several, or none
    std::vector<std::string_view> signatures;                  ///< first bytes of files
    std::optional<Loss> (*loss)(const TileFormat &) = nullptr; ///< by the options; null: never

    bool can_add_opacity(int bands) const;
};

/// Those that are offered by name first.
const std::vector<KnownFormat> &known_formats();

/// What is known of a driver; of others nothing but the name.
KnownFormat known_format(const std::string &driver);

/// The compression that a media type stands for; empty where there may be several.
std::string compression_of(const std::string &media_type);

} // namespace tiledir::raster
