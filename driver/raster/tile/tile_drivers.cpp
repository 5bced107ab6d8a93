#include "driver/raster/tile/tile_drivers.h"

#include <gdal_priv.h>

#include <string_view>

namespace tiledir::raster
{

namespace
{

/// Formats that keep everything in the file itself.
const char *const kSelfContained[] = {
    "GTiff",   "PNG",    "JPEG",           "WEBP",   "JPEGXL", "AVIF",     "HEIF",     "GIF",    "BIGGIF",
    "BMP",     "PNM",    "JP2OpenJPEG",    "JP2KAK", "JP2ECW", "JP2MrSID", "JPEG2000", "EXR",    "GRIB",
    "AAIGrid", "XYZ",    "USGSDEM",        "DTED",   "GSAG",   "GSBG",     "GS7BG",    "BT",     "Terragen",
    "TGA",     "XPM",    "ZMap",           "GTX",    "KRO",    "NOAA_B",   "ISG",      "SIGDEM", "Leveller",
    "RMF",     "JPEGLS", "GRASSASCIIGrid", nullptr};

} // namespace

const char *const *drivers_of_tile(const store::Bytes &bytes, bool from_network)
{
    struct Signature
    {
        std::string_view first_bytes;
        const char *drivers[2];
    };
    static const Signature kSignatures[] = {
        {{"II*\0", 4}, {"GTiff", nullptr}}, {{"MM\0*", 4}, {"GTiff", nullptr}},
        {{"II+\0", 4}, {"GTiff", nullptr}}, {{"MM\0+", 4}, {"GTiff", nullptr}},
        {{"\x89PNG", 4}, {"PNG", nullptr}}, {{"\xff\xd8\xff", 3}, {"JPEG", nullptr}},
        {{"RIFF", 4}, {"WEBP", nullptr}}};
    const std::string_view content(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    for (const Signature &signature : kSignatures)
    {
        if (content.substr(0, signature.first_bytes.size()) == signature.first_bytes &&
            GetGDALDriverManager()->GetDriverByName(signature.drivers[0]) != nullptr)
        {
            return signature.drivers;
        }
    }
    return from_network ? kSelfContained : nullptr;
}

std::string reason_of_unopened_tile(const store::Bytes &bytes, bool from_network)
{
    if (bytes.empty())
    {
        return "the file is empty";
    }
    return from_network ? "its content is of no format that is read over a network (formats that name other files, "
                          "such as VRT, are read from local disks only)"
                        : "its content is of no format that GDAL knows";
}

} // namespace tiledir::raster
