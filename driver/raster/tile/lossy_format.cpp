#include "driver/raster/tile/lossy_format.h"

#include "driver/raster/tile/known_formats.h"

namespace tiledir::raster
{

namespace
{

std::optional<Loss> loss_of(const TileFormat &format)
{
    const KnownFormat known = known_format(format.driver);
    return known.loss == nullptr ? std::nullopt : known.loss(format);
}

} // namespace

bool is_lossy(const TileFormat &format)
{
    return loss_of(format).has_value();
}

std::string blurred_nodata(const TileFormat &format)
{
    const auto loss = loss_of(format);
    if (!loss || !loss->blurs)
    {
        return "";
    }
    const bool has_lossy_alpha = format.alpha && loss->how.find("JPEG") != std::string::npos;
    return format.nodata
               ? "nodata is not kept apart from data in lossy tiles (" + loss->how + "): pixels beside it blur"
           : has_lossy_alpha ? "alpha is not exact in lossy tiles (" + loss->how + ")"
                             : "";
}

} // namespace tiledir::raster
