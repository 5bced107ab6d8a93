#include "driver/reading/band_colors.h"
#include "stac/begins_with.h"

#include <algorithm>
#include <array>

namespace tiledir::driver
{

namespace
{

struct Color
{
    const char *common_name;
    const char *gdal; ///< by name, since GDAL's list grows
};

/// The first of several names of one colour is the one that is written.
constexpr std::array<Color, 22> kColors{{{"red", "Red"},
                                         {"green", "Green"},
                                         {"green05", "Green"},
                                         {"blue", "Blue"},
                                         {"alpha", "Alpha"},
                                         {"gray", "Gray"},
                                         {"yellow", "Yellow"},
                                         {"pan", "Pan"},
                                         {"coastal", "Coastal"},
                                         {"rededge", "RedEdge"},
                                         {"rededge071", "RedEdge"},
                                         {"rededge075", "RedEdge"},
                                         {"rededge078", "RedEdge"},
                                         {"nir", "NIR"},
                                         {"nir08", "NIR"},
                                         {"nir09", "NIR"},
                                         {"cirrus", "OtherIR"},
                                         {"swir16", "SWIR"},
                                         {"swir22", "SWIR"},
                                         {"lwir", "LWIR"},
                                         {"lwir11", "LWIR"},
                                         {"lwir12", "LWIR"}}};

} // namespace

std::string common_name(GDALColorInterp color)
{
    const std::string name = GDALGetColorInterpretationName(color);
    const auto found =
        std::find_if(kColors.begin(), kColors.end(), [&](const Color &known) { return known.gdal == name; });
    return found == kColors.end() ? std::string() : found->common_name;
}

GDALColorInterp color_of_common_name(const std::string &name)
{
    const auto found =
        std::find_if(kColors.begin(), kColors.end(), [&](const Color &known) { return known.common_name == name; });
    return found == kColors.end() ? GCI_Undefined : GDALGetColorInterpretationByName(found->gdal);
}

void complete_colors(stac::TileAsset &asset)
{
    const bool jpeg = stac::begins_with(asset.media_type, "image/jpeg");
    if (!jpeg && !stac::begins_with(asset.media_type, "image/png") &&
        !stac::begins_with(asset.media_type, "image/webp"))
    {
        return;
    }
    auto &bands = asset.bands;
    const bool silent =
        std::all_of(bands.begin(), bands.end(), [](const stac::ItemBand &band) { return band.common_name.empty(); });
    if (silent && (bands.size() == 3 || bands.size() == 4))
    {
        bands[0].common_name = "red";
        bands[1].common_name = "green";
        bands[2].common_name = "blue";
    }
    if (silent && (bands.size() == 2 || (bands.size() == 1 && jpeg)))
    {
        bands[0].common_name = "gray";
    }
    if (!jpeg && (bands.size() == 2 || bands.size() == 4) && bands.back().common_name.empty())
    {
        bands.back().common_name = "alpha";
    }
}

} // namespace tiledir::driver
