// Colours of the indices that a band of one byte or two holds.
#pragma once

#include <gdal_priv.h>

#include <memory>
#include <vector>

namespace tiledir::raster
{

using ColorTable = std::vector<GDALColorEntry>;

bool same_colors(const ColorTable &one, const ColorTable &other);

/// A band's; null where it has none.
std::shared_ptr<const ColorTable> colors_of(GDALRasterBand &band);

} // namespace tiledir::raster
