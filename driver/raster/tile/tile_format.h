// What every tile of an output is: GDAL's raster formats by name, what they can hold, how files and media types are
// called.
#pragma once

#include "driver/raster/pixels/color_table.h"
#include "driver/raster/pixels/nodata_value.h"

#include <gdal.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::raster
{

/// What every tile of an output is. Immutable.
struct TileFormat
{
    std::string driver = "GTiff";               ///< GDAL's short name
    std::map<std::string, std::string> options; ///< creation options of that driver
    std::string crs_wkt;
    int width = 256;
    int height = 256;
    int bands = 1;
    GDALDataType type = GDT_Byte;
    std::optional<NodataValue> nodata;
    bool alpha = false;                       ///< the last band is opacity
    bool mask = false;                        ///< a mask of all bands is stored with them; not beside alpha
    bool mask_is_alpha = false;               ///< as one more band, opacity, which the item does not tell of
    std::shared_ptr<const ColorTable> colors; ///< of the only band; null: none

    /// Value of a creation option, in whatever case its name is written.
    std::optional<std::string> option(const char *name) const;

    /// Bands of the pixels in memory: a mask is one more, of the same type, 255 where there is data and else 0.
    int block_bands() const { return bands + (mask ? 1 : 0); }

    /// NaN equals NaN.
    bool operator==(const TileFormat &other) const;
};

/// GDAL's spelling of a format name given in any case. Throws InputError: unknown (with the nearest known), or a
/// driver that cannot write rasters.
std::string format_driver(const std::string &name);
/// File extension ("tif") and media type ("image/tiff; application=geotiff") of a driver.
std::string format_extension(const std::string &driver);
std::string format_media_type(const std::string &driver);
/// Names of a driver's creation options.
std::vector<std::string> format_options(const std::string &driver);
/// Throws InputError where the driver cannot hold the type, the band count, a mask or an option's name.
void check_format(const TileFormat &format);

/// For messages: "256 x 256 pixels in 3 bands".
std::string shape_text(int width, int height, int bands);

} // namespace tiledir::raster
