#include "driver/raster/folder/stored_pyramid.h"

#include "autotest/driver/raster/small_item.h"
#include "stac/error.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tiledir::raster
{

namespace
{

class StoredPyramidTest : public testing::Test
{
protected:
    std::string refusal() const
    {
        try
        {
            stored_pyramid(m_item, m_folder.tiles().store());
        }
        catch (const InputError &error)
        {
            return error.what();
        }
        return "";
    }

    PyramidFolder m_folder{pyramid_on_earth()};
    stac::TiledAssetsItem m_item = small_item(m_folder.pyramid());
};

} // namespace

TEST_F(StoredPyramidTest, WhatIsDescribedIsReadAgain)
{
    Pyramid pyramid = m_folder.pyramid();
    pyramid.overview_resampling = Resampling::Cubic;
    pyramid.format.options = {{"COMPRESS", "LZW"}, {"PREDICTOR", "2"}};
    pyramid.format.nodata = 0;
    pyramid.format.colors =
        std::make_shared<const std::vector<GDALColorEntry>>(std::vector<GDALColorEntry>{{1, 2, 3, 255}, {4, 5, 6, 0}});
    describe_pyramid(pyramid, m_item);
    const Pyramid read = stored_pyramid(m_item, m_folder.store());
    EXPECT_EQ(read.overview_resampling, Resampling::Cubic);
    EXPECT_EQ(read.format.options, pyramid.format.options);
    ASSERT_TRUE(read.format.colors);
    EXPECT_EQ(read.format.colors->at(1).c2, 5);
    EXPECT_EQ(read.finest, 3);
    EXPECT_EQ(read.key(3, 1, 2), "3/1/2.tif");
}

TEST_F(StoredPyramidTest, MatricesWithoutTilesAreNoLevels)
{
    m_item.limits.erase("1");
    const Pyramid read = stored_pyramid(m_item, m_folder.store());
    ASSERT_EQ(read.grid.matrices.size(), 3U);
    EXPECT_EQ(read.matrix(1).id, "2");
    EXPECT_EQ(read.matrix(read.finest).id, "3");
}

TEST_F(StoredPyramidTest, TheFirstTileShowsWhatTheItemLeavesOpen)
{
    Pyramid pyramid = m_folder.pyramid();
    pyramid.format.options = {{"COMPRESS", "LZW"}};
    pyramid.format.mask = true;
    const TilePyramid tiles(pyramid, m_folder.store());
    PixelBlock pixels(16, 16, 2, GDT_Byte);
    pixels.fill(255);
    pixels.data(1)[7] = 0;
    const store::Bytes bytes = tiles.encode({3, 0, 0}, pixels);
    m_folder.store().write("3/0/0.tif", bytes.data(), bytes.size());
    const Pyramid read = stored_pyramid(m_item, m_folder.store());
    EXPECT_EQ(read.format.options.at("COMPRESS"), "LZW");
    EXPECT_TRUE(read.format.mask);
}

TEST_F(StoredPyramidTest, TilesBelowTheItemMayBeNamedByAnAbsolutePath)
{
    m_item.assets[0].href = m_folder.store().path("tiles/{TileMatrix}/{TileRow}/{TileCol}.tif");
    EXPECT_EQ(stored_pyramid(m_item, m_folder.store()).key(3, 1, 2), "tiles/3/1/2.tif");
    m_item.assets[0].href = "/elsewhere/{TileMatrix}/{TileRow}/{TileCol}.tif";
    EXPECT_NE(refusal().find("elsewhere"), std::string::npos);
    m_item.assets[0].href = "../{TileMatrix}/{TileRow}/{TileCol}.tif";
    EXPECT_NE(refusal().find("elsewhere"), std::string::npos);
}

TEST_F(StoredPyramidTest, WhatCannotBeWrittenIsRefusedInWords)
{
    const stac::TiledAssetsItem good = m_item;
    EXPECT_EQ(refusal(), "");
    const auto refused = [&](const char *why)
    {
        const std::string text = refusal();
        m_item = good;
        return text.find(why) != std::string::npos ? "" : "not '" + std::string(why) + "' but: " + text;
    };
    m_item.assets.push_back(m_item.assets[0]);
    EXPECT_EQ(refused("several assets"), "");
    m_item.pixel_buffers["2"].top = 1;
    EXPECT_EQ(refused("pixel_buffer"), "");
    m_item.tile_matrix_set.matrices[2].tile_width = 32;
    EXPECT_EQ(refused("tile matrix 2"), "");
    m_item.assets[0].media_type = "image/unheard-of";
    m_item.assets[0].href = "{TileMatrix}/{TileRow}/{TileCol}";
    EXPECT_EQ(refused("image/unheard-of"), "");
    m_item.assets[0].bands.push_back(m_item.assets[0].bands[0]);
    m_item.assets[0].bands[1].data_type = "int16";
    EXPECT_EQ(refused("uint8 and int16"), "");
    m_item.assets[0].href = "{eo:band}/{TileMatrix}/{TileRow}/{TileCol}.tif";
    EXPECT_EQ(refused("parameters beside"), "");
    m_item.extra_properties["tiledir:format"] = {{"version", 2}};
    EXPECT_EQ(refused("newer tiledir"), "");
    m_item.extra_properties["tiledir:format"] = {{"options", {{"COMPRES", "LZW"}}}};
    EXPECT_EQ(refused("COMPRESS"), "");
    m_folder.store().write(".tiledir/version", std::string("2\n"));
    EXPECT_EQ(refused(".tiledir/version"), "");
}

} // namespace tiledir::raster
