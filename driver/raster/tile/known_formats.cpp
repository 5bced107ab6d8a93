#include "driver/raster/tile/known_formats.h"

#include "stac/begins_with.h"

#include <cpl_conv.h>
#include <cpl_string.h>

#include <algorithm>

namespace tiledir::raster
{

namespace
{

using namespace std::string_view_literals;

std::string given(const TileFormat &format, const char *name)
{
    return format.option(name).value_or("");
}

bool is_on(const TileFormat &format, const char *name)
{
    return CPLTestBool(format.option(name).value_or("NO").c_str());
}

std::optional<Loss> loss_of_tiff(const TileFormat &format)
{
    for (const char *bits : {"DISCARD_LSB", "NBITS"})
    {
        if (const std::string value = given(format, bits); !value.empty())
        {
            return Loss{std::string(bits) + '=' + value, false};
        }
    }
    const std::string compression = given(format, "COMPRESS");
    const auto is = [&](const char *name) { return EQUAL(compression.c_str(), name); };
    // Of the two drivers COG alone loses where nothing is said.
    const bool jxl_keeps = format.option("JXL_LOSSLESS") ? is_on(format, "JXL_LOSSLESS") : format.driver != "COG";
    if (is("JPEG") || (is("WEBP") && !is_on(format, "WEBP_LOSSLESS")) || (is("JXL") && !jxl_keeps))
    {
        return Loss{"COMPRESS=" + compression, true};
    }
    const std::string error = given(format, "MAX_Z_ERROR");
    if (STARTS_WITH_CI(compression.c_str(), "LERC") && CPLAtof(error.c_str()) != 0)
    {
        return Loss{"COMPRESS=" + compression + ", MAX_Z_ERROR=" + error, true};
    }
    return std::nullopt;
}

std::optional<Loss> loss_of_webp(const TileFormat &format)
{
    return is_on(format, "LOSSLESS") ? std::nullopt : std::optional(Loss{format.driver, true});
}

std::optional<Loss> always_lossy(const TileFormat &format)
{
    return Loss{format.driver, true};
}

std::vector<KnownFormat> table()
{
    KnownFormat tiff;
    tiff.driver = "GTiff";
    tiff.extension = "tif";
    tiff.media_type = "image/tiff; application=geotiff";
    tiff.has_masks = true;
    tiff.standard_compression = "DEFLATE";
    tiff.signatures = {"II*\0"sv, "MM\0*"sv, "II+\0"sv, "MM\0+"sv};
    tiff.loss = loss_of_tiff;

    KnownFormat cog = tiff;
    cog.driver = "COG";
    cog.media_type += "; profile=cloud-optimized";
    cog.signatures.clear(); // GTiff reads them

    KnownFormat png;
    png.driver = "PNG";
    png.media_type = "image/png";
    png.most_bands = 4;
    png.bands_of_color = {1, 3};
    png.tells_colors = true;
    png.signatures = {"\x89PNG"sv};

    KnownFormat jpeg;
    jpeg.driver = "JPEG";
    jpeg.media_type = "image/jpeg";
    jpeg.most_bands = 4;
    jpeg.has_masks = true;
    jpeg.tells_colors = true;
    jpeg.compression = "JPEG";
    jpeg.signatures = {"\xff\xd8\xff"sv};
    jpeg.loss = always_lossy;

    KnownFormat webp;
    webp.driver = "WEBP";
    webp.media_type = "image/webp";
    webp.least_bands = 3;
    webp.most_bands = 4;
    webp.bands_of_color = {3};
    webp.tells_colors = true;
    webp.compression = "WEBP";
    webp.signatures = {"RIFF"sv};
    webp.loss = loss_of_webp;

    return {tiff, cog, png, jpeg, webp};
}

KnownFormat of_driver(const std::string &driver)
{
    KnownFormat format;
    format.driver = driver;
    format.most_bands = driver == "GIF" ? 1 : 0;
    // JPEG 2000, JPEG-LS and JPEG XL in all drivers that GDAL has for them: the options of each tell, in their own
    // words.
    format.loss = stac::begins_with(driver, "JP") ? always_lossy : nullptr;
    return format;
}

} // namespace

bool KnownFormat::can_add_opacity(int bands) const
{
    return std::find(bands_of_color.begin(), bands_of_color.end(), bands) != bands_of_color.end();
}

const std::vector<KnownFormat> &known_formats()
{
    static const std::vector<KnownFormat> kFormats = table();
    return kFormats;
}

KnownFormat known_format(const std::string &driver)
{
    const auto &formats = known_formats();
    const auto found = std::find_if(formats.begin(), formats.end(),
                                    [&](const KnownFormat &format) { return format.driver == driver; });
    return found == formats.end() ? of_driver(driver) : *found;
}

std::string compression_of(const std::string &media_type)
{
    const auto &formats = known_formats();
    const auto found = std::find_if(formats.begin(), formats.end(),
                                    [&](const KnownFormat &format) { return format.media_type == media_type; });
    return found == formats.end() ? "" : found->compression;
}

} // namespace tiledir::raster
