#include "driver/raster/pixels/color_table.h"

#include <algorithm>

namespace tiledir::raster
{

bool same_colors(const ColorTable &one, const ColorTable &other)
{
    const auto same = [](const GDALColorEntry &a, const GDALColorEntry &b)
    { return a.c1 == b.c1 && a.c2 == b.c2 && a.c3 == b.c3 && a.c4 == b.c4; };
    return one.size() == other.size() && std::equal(one.begin(), one.end(), other.begin(), same);
}

std::shared_ptr<const ColorTable> colors_of(GDALRasterBand &band)
{
    const GDALColorTable *table = band.GetColorTable();
    if (table == nullptr)
    {
        return nullptr;
    }
    ColorTable colors;
    for (int index = 0; index < table->GetColorEntryCount(); ++index)
    {
        colors.push_back(*table->GetColorEntry(index));
    }
    return std::make_shared<const ColorTable>(std::move(colors));
}

} // namespace tiledir::raster
