#include "driver/creating/created_item.h"

#include "autotest/driver/raster/gdal_rasters.h"

#include <gtest/gtest.h>

namespace tiledir::driver
{

namespace
{

/// 5 x 3 tiles of 256 pixels of a degree's hundredth, from 10 east and 50 north; a coarser level above.
raster::Pyramid degrees_pyramid()
{
    raster::Pyramid pyramid;
    pyramid.grid.id = "Degrees";
    pyramid.grid.crs = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
    for (int level = 0; level < 2; ++level)
    {
        stac::TileMatrix matrix;
        matrix.id = std::to_string(level);
        matrix.cell_size = level == 0 ? 0.02 : 0.01;
        matrix.origin_x = 10;
        matrix.origin_y = 50;
        matrix.matrix_width = level == 0 ? 3 : 5;
        matrix.matrix_height = level == 0 ? 2 : 3;
        pyramid.grid.matrices.push_back(matrix);
    }
    pyramid.finest = 1;
    return pyramid;
}

stac::TiledAssetsItem item_made(const raster::Pyramid &pyramid, const CreationOptions &options,
                                const std::optional<stac::PixelWindow> &extent = {})
{
    return created_item(pyramid, {stac::ItemBand()}, {1, 2, 3, 4}, {17, 42, 22, 47}, extent, options, "folder");
}

} // namespace

TEST(CreatedItem, HasTheTilesOfEachLevel)
{
    const auto item = item_made(degrees_pyramid(), {});
    EXPECT_EQ(item.limits.at("1"), (stac::TileRange{1, 2, 3, 4}));
    EXPECT_EQ(item.limits.at("0"), (stac::TileRange{0, 1, 1, 2}));
    EXPECT_EQ(item.bbox, (std::vector<double>{17, 42, 22, 47}));
    EXPECT_EQ(item.proj_code, "OGC:CRS84");
    EXPECT_EQ(item.assets.at(0).href, "{TileMatrix}/{TileRow}/{TileCol}.tif");
    EXPECT_EQ(item.assets.at(0).media_type, "image/tiff; application=geotiff");
    const auto again = stac::TiledAssetsItem::from_json(item.to_json());
    EXPECT_EQ(again.limits, item.limits);
}

TEST(CreatedItem, IsNamedByTheFolderUnlessTheUserSays)
{
    CreationOptions options;
    EXPECT_EQ(item_made(degrees_pyramid(), options).id, "folder");
    options.id = "map";
    options.title = "A map";
    EXPECT_EQ(item_made(degrees_pyramid(), options).id, "map");
    EXPECT_EQ(item_made(degrees_pyramid(), options).title, "A map");
}

TEST(CreatedItem, IsOfTheTimeThatTheUserSaysOrOfNow)
{
    CreationOptions options;
    const auto now = item_made(degrees_pyramid(), options);
    EXPECT_FALSE(now.datetime);
    EXPECT_EQ(now.start_datetime, now.end_datetime);
    EXPECT_EQ(now.start_datetime.size(), std::string("2024-05-31T12:00:00Z").size());
    options.datetime = "2024-05-31T12:00:00Z";
    EXPECT_EQ(item_made(degrees_pyramid(), options).datetime, "2024-05-31T12:00:00Z");
}

TEST(CreatedItem, TellsOfAnExtentThatIsNotOfWholeTiles)
{
    const auto item = item_made(degrees_pyramid(), {}, stac::PixelWindow{768, 256, 500, 300});
    EXPECT_EQ(item.extra_properties.at("proj:shape"), (nlohmann::json{300, 500}));
    EXPECT_FALSE(item_made(degrees_pyramid(), {}).extra_properties.contains("proj:shape"));
}

TEST(CreatedItem, BandsSayWhatTheSourceSays)
{
    GDALDriver *const memory = GetGDALDriverManager()->GetDriverByName("MEM");
    const GDALDatasetUniquePtr source(memory->Create("", 4, 4, 2, GDT_Int16, nullptr));
    source->GetRasterBand(1)->SetDescription("H\xF6he");
    source->GetRasterBand(1)->SetUnitType("m");
    source->GetRasterBand(1)->SetScale(0.5);
    source->GetRasterBand(1)->SetOffset(-100);
    source->GetRasterBand(2)->SetScale(1);
    source->GetRasterBand(2)->SetOffset(0);
    source->GetRasterBand(2)->SetColorInterpretation(GCI_RedBand);
    raster::TileFormat format;
    format.type = GDT_Int16;
    format.bands = 3; // opacity is added
    format.alpha = true;
    format.nodata = -1;
    const auto bands = described_bands(*source, format);
    ASSERT_EQ(bands.size(), 3U);
    EXPECT_EQ(bands[0].description, "H\xC3\xB6he");
    EXPECT_EQ(bands[0].unit, "m");
    EXPECT_EQ(bands[0].scale, 0.5);
    EXPECT_EQ(bands[0].offset, -100);
    EXPECT_EQ(bands[0].data_type, "int16");
    EXPECT_EQ(bands[0].nodata, -1);
    EXPECT_EQ(bands[1].scale, std::nullopt) << "it is 1 anyway";
    EXPECT_EQ(bands[1].offset, std::nullopt);
    EXPECT_EQ(bands[1].common_name, "red");
    EXPECT_EQ(bands[2].common_name, "alpha");
}

} // namespace tiledir::driver
