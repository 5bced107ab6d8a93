// Colours of bands: STAC's common names and GDAL's colour interpretations.
#pragma once

#include "stac/item/tiled_assets_item.h"

#include <gdal.h>

#include <string>

namespace tiledir::driver
{

/// Colour interpretation as a common name of STAC's eo extension, or "alpha" or "gray"; empty where there is none.
std::string common_name(GDALColorInterp color);
/// The other way round; GCI_Undefined where this GDAL has none (nir and its like: since 3.10).
GDALColorInterp color_of_common_name(const std::string &name);

/// Tells the colours that the tiles' format does where the item is silent: the second of two and the fourth of four
/// bands in PNG and WEBP are alpha; three bands in PNG, WEBP and JPEG are red, green, blue; one in JPEG is gray.
void complete_colors(stac::TileAsset &asset);

} // namespace tiledir::driver
