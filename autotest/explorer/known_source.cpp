// Inputs whose pixels the explorer's process does not look at: they are there. Linked in the place of
// driver/raster/warp/grid_source.cpp.
#include "driver/raster/warp/grid_source.h"

namespace tiledir::raster
{

namespace
{

class KnownSource : public PixelReader
{
public:
    void read(const stac::PixelWindow &window, PixelBlock &into) override
    {
        into = PixelBlock(static_cast<int>(window.width), static_cast<int>(window.height), 1, GDT_Float32);
    }
    void fetch(const stac::PixelWindow &, std::int64_t) override {}
    void forget() override {}
};

} // namespace

std::unique_ptr<PixelReader>
open_grid_source(std::shared_ptr<const Mosaic> /*mosaic*/, // NOLINT(performance-unnecessary-value-param)
                 const std::string &, const stac::TileMatrix &, Resampling, const KernelScale &, GDALDataType)
{
    return std::make_unique<KnownSource>();
}

} // namespace tiledir::raster
