#include "driver/raster/tile/lossy_format.h"

#include <cpl_conv.h>
#include <cpl_string.h>

namespace tiledir::raster
{

namespace
{

std::string option(const TileFormat &format, const char *name)
{
    for (const auto &[key, value] : format.options)
    {
        if (EQUAL(key.c_str(), name))
        {
            return value;
        }
    }
    return "";
}

bool is_on(const TileFormat &format, const char *name)
{
    return CPLTestBool(option(format, name).empty() ? "NO" : option(format, name).c_str());
}

/// What makes it lossy; empty where nothing does.
std::string lossy_part(const TileFormat &format)
{
    const std::string compression = option(format, "COMPRESS");
    if (format.driver == "JPEG" || (format.driver == "WEBP" && !is_on(format, "LOSSLESS")))
    {
        return format.driver;
    }
    if (EQUAL(compression.c_str(), "JPEG") || (EQUAL(compression.c_str(), "WEBP") && !is_on(format, "WEBP_LOSSLESS")))
    {
        return "COMPRESS=" + compression;
    }
    const std::string error = option(format, "MAX_Z_ERROR");
    const bool is_lerc = STARTS_WITH_CI(compression.c_str(), "LERC") && CPLAtof(error.c_str()) > 0;
    return is_lerc ? "COMPRESS=" + compression + ", MAX_Z_ERROR=" + error : "";
}

} // namespace

std::string blurred_nodata(const TileFormat &format)
{
    const std::string lossy = lossy_part(format);
    if (lossy.empty())
    {
        return "";
    }
    const bool has_lossy_alpha = format.alpha && lossy.find("JPEG") != std::string::npos;
    return format.nodata ? "nodata is not kept apart from data in lossy tiles (" + lossy + "): pixels beside it blur"
           : has_lossy_alpha ? "alpha is not exact in lossy tiles (" + lossy + ")"
                             : "";
}

} // namespace tiledir::raster
