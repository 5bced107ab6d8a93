#include "driver/raster/tile/tile_drivers.h"

#include "driver/raster/tile/known_formats.h"

#include <gdal_priv.h>

#include <array>
#include <string_view>
#include <vector>

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

struct Signature
{
    std::string_view first_bytes;
    std::array<const char *, 2> drivers; ///< a list as GDAL takes it
};

const std::vector<Signature> &signatures()
{
    static const std::vector<Signature> kSignatures = []
    {
        std::vector<Signature> all;
        for (const KnownFormat &format : known_formats())
        {
            for (const std::string_view &signature : format.signatures)
            {
                all.push_back({signature, {format.driver.c_str(), nullptr}});
            }
        }
        return all;
    }();
    return kSignatures;
}

} // namespace

const char *const *drivers_of_tile(const store::Bytes &bytes, bool from_network)
{
    const std::string_view content(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    for (const Signature &signature : signatures())
    {
        if (content.substr(0, signature.first_bytes.size()) == signature.first_bytes &&
            GetGDALDriverManager()->GetDriverByName(signature.drivers[0]) != nullptr)
        {
            return signature.drivers.data();
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
