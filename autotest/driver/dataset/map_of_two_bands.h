// A dataset of tiles that the tests of its bands open.
#pragma once

#include "autotest/driver/registered_driver.h"

#include <string>
#include <utility>

namespace tiledir::driver
{

/// "map": 600 x 300 pixels of 10 m in UTM 32 N, two bands of Int16, nodata -1; a band's pixels are its number times
/// column plus row, and nodata from column 512 on. Tiles of 256 pixels: levels of 3 x 2, 2 x 1 and one.
class MapOfTwoBandsTest : public RegisteredDriverTest
{
protected:
    MapOfTwoBandsTest()
    {
        raster::fixtures::RasterSpec spec;
        spec.width = 600;
        spec.height = 300;
        spec.bands = 2;
        spec.nodata = -1;
        spec.geotransform = {500000, 10, 0, 6000000, 0, -10};
        spec.crs = "EPSG:32632";
        spec.value = [](int band, int col, int row) { return col < 512 ? band * col + row : -1; };
        const auto source = raster::fixtures::make_raster(path("source.tif"), spec);
        source->GetRasterBand(1)->SetDescription("height");
        source->GetRasterBand(1)->SetUnitType("m");
        source->GetRasterBand(1)->SetScale(0.5);
        source->GetRasterBand(1)->SetOffset(-100);
        copy(*source, "map", {"TITLE=A map", "DATETIME=2024-05-31T12:00:00Z"});
    }
    GDALDatasetUniquePtr map(const std::vector<std::string> &options = {}) const { return open("map", options); }
    GDALDatasetUniquePtr map_for_update(const std::vector<std::string> &options = {}) const
    {
        return open("map", options, GDAL_OF_UPDATE);
    }
    GDALDatasetUniquePtr source() const { return GDALDatasetUniquePtr(GDALDataset::Open(path("source.tif").c_str())); }
    /// What is told when it fails, which it has to.
    static std::string refusal(const std::function<CPLErr()> &work)
    {
        return told_by([&] { EXPECT_EQ(work(), CE_Failure); });
    }
    nlohmann::json band_of_item(int band) const
    {
        return item_of("map")["asset_templates"]["tiles"]["bands"][static_cast<std::size_t>(band - 1)];
    }
};

} // namespace tiledir::driver
