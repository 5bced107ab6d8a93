#include "driver/writing/tile_writer.h"

#include "autotest/driver/raster/small_item.h"
#include "autotest/driver/scratch_folder.h"
#include "driver/journal/intent.h"
#include "driver/raster/folder/stored_pyramid.h"
#include "stac/item/tile_layout.h"

#include <cpl_conv.h>

namespace tiledir::driver
{

namespace
{

/// 8 x 8 tiles of 16 pixels at level 3, nodata 0, with an item that tells of the one in the upper left corner.
class TileWriterTest : public ScratchFolderTest
{
protected:
    TileWriterTest() { write("stac.json", raster::small_item(m_pyramid).to_json().dump(2)); }

    std::unique_ptr<TileWriter> writer(Refresh refresh = Refresh::AtFlush) const
    {
        WritingOptions options;
        options.refresh = refresh;
        options.asset = "tiles";
        options.layout = stac::tile_layout(item());
        return std::make_unique<TileWriter>(m_pyramid, store::open_store(folder()), "stac.json", options);
    }
    nlohmann::json item() const { return nlohmann::json::parse(text_of("stac.json")); }
    stac::TileRange base_limits() const { return stac::TiledAssetsItem::from_json(item()).limits.at("3"); }
    static void give(TileWriter &writer, const stac::PixelWindow &window, unsigned char value)
    {
        const std::vector<unsigned char> pixels(static_cast<std::size_t>(window.width * window.height), value);
        writer.buffer().take(window, {pixels.data(), GDT_Byte, 1, static_cast<std::ptrdiff_t>(window.width), 0, {0}});
    }
    /// A tile of one value, by plain GDAL.
    void write_tile(const std::string &name, double value) const
    {
        raster::fixtures::RasterSpec spec;
        spec.width = spec.height = 16;
        spec.type = GDT_Byte;
        spec.nodata = 0;
        spec.value = [value](int, int, int) { return value; };
        write_tiff(name, spec);
    }
    /// As plain GDAL reads it; -1: there is no tile.
    double pixel(const std::string &name, int col, int row) const
    {
        const GDALDatasetUniquePtr file(is_there(name) ? GDALDataset::Open(path(name).c_str()) : nullptr);
        return file ? raster::fixtures::band_pixels<double>(*file).at(static_cast<std::size_t>(row) * 16 + col) : -1;
    }
    std::vector<journal::FoundIntent> left_to_others() const
    {
        return journal::Intent::adoptable(*store::open_store(folder()));
    }

    const raster::Pyramid m_pyramid = raster::pyramid_on_earth(raster::with_nodata());
};

} // namespace

TEST_F(TileWriterTest, PixelsGoIntoTheTilesThatTheyLieIn)
{
    const auto tiles = writer();
    give(*tiles, {8, 8, 16, 16}, 5);
    EXPECT_FALSE(is_there("3/0/0.tif"));
    EXPECT_FALSE(tiles->take_stored());
    tiles->store();
    EXPECT_TRUE(tiles->take_stored());
    EXPECT_FALSE(tiles->take_stored());
    EXPECT_EQ(pixel("3/0/0.tif", 8, 8), 5);
    EXPECT_EQ(pixel("3/0/0.tif", 7, 8), 0);
    EXPECT_EQ(pixel("3/1/1.tif", 7, 7), 5);
    EXPECT_EQ(pixel("3/1/1.tif", 8, 7), 0);
    EXPECT_EQ(tiles->buffer().size(), 0U);
}

TEST_F(TileWriterTest, WhatLiesThereStaysWhereNothingIsGiven)
{
    write_tile("3/0/0.tif", 9);
    const auto tiles = writer();
    give(*tiles, {3, 2, 1, 1}, 5);
    tiles->store();
    EXPECT_EQ(pixel("3/0/0.tif", 3, 2), 5);
    EXPECT_EQ(pixel("3/0/0.tif", 4, 2), 9);
    EXPECT_EQ(pixel("3/0/0.tif", 3, 3), 9);
}

/// Means of four: of 200 alone where the others are nodata.
TEST_F(TileWriterTest, AFlushMakesTheOverviewsAboveAndLetsTheItemGrow)
{
    const auto tiles = writer();
    give(*tiles, {96, 80, 16, 16}, 200);
    tiles->flush();
    EXPECT_EQ(pixel("2/2/3.tif", 0, 8), 200);
    EXPECT_EQ(pixel("2/2/3.tif", 8, 8), 0);
    EXPECT_EQ(pixel("1/1/1.tif", 8, 4), 200);
    EXPECT_EQ(pixel("0/0/0.tif", 12, 10), 200);
    EXPECT_EQ(base_limits(), (stac::TileRange{0, 5, 0, 6}));
    EXPECT_TRUE(left_to_others().empty());
}

TEST_F(TileWriterTest, OverviewsMayWaitForTheEnd)
{
    const auto tiles = writer(Refresh::AtClose);
    give(*tiles, {0, 0, 16, 16}, 200);
    tiles->flush();
    EXPECT_EQ(pixel("3/0/0.tif", 0, 0), 200);
    EXPECT_FALSE(is_there("2/0/0.tif"));
    tiles->finish();
    EXPECT_EQ(pixel("2/0/0.tif", 7, 7), 200);
    EXPECT_TRUE(left_to_others().empty());
}

TEST_F(TileWriterTest, OverviewsThatAreNotMadeAreLeftToOthersByName)
{
    const auto tiles = writer(Refresh::Never);
    give(*tiles, {32, 16, 16, 16}, 200);
    tiles->flush();
    tiles->finish();
    EXPECT_EQ(pixel("3/1/2.tif", 0, 0), 200);
    EXPECT_FALSE(is_there("2/0/1.tif"));
    EXPECT_EQ(base_limits(), (stac::TileRange{0, 1, 0, 2}));
    const auto intents = left_to_others();
    ASSERT_EQ(intents.size(), 1U);
    ASSERT_TRUE(intents[0].tiles);
    EXPECT_EQ(intents[0].tiles->at("3"), (std::vector<stac::TileRange>{{1, 1, 2, 2}}));
}

TEST_F(TileWriterTest, ATileThatIsGivenNodataAloneGoes)
{
    write_tile("3/0/0.tif", 9);
    write_tile("3/0/1.tif", 9);
    const auto tiles = writer();
    give(*tiles, {0, 0, 16, 16}, 0);
    give(*tiles, {16, 0, 16, 8}, 0);
    tiles->flush();
    EXPECT_FALSE(is_there("3/0/0.tif"));
    EXPECT_EQ(pixel("3/0/1.tif", 0, 8), 9);
    give(*tiles, {16, 8, 16, 8}, 0);
    tiles->flush();
    EXPECT_FALSE(is_there("3/0/1.tif")) << "its parts are";
    EXPECT_FALSE(is_there("2/0/0.tif"));
}

TEST_F(TileWriterTest, PixelsOfATileThatCannotBeReadWaitInTheBuffer)
{
    write("3/0/0.tif", "no raster");
    const auto tiles = writer();
    give(*tiles, {8, 0, 16, 1}, 5);
    const std::string failure = failure_of([&] { tiles->store(); });
    EXPECT_EQ(failure.rfind("tile: " + path("3/0/0.tif") + ": ", 0), 0U) << failure;
    EXPECT_EQ(pixel("3/0/1.tif", 0, 0), 5) << "others are stored";
    EXPECT_GT(tiles->buffer().size(), 0U);
    boost::filesystem::remove(path("3/0/0.tif"));
    tiles->store();
    EXPECT_EQ(pixel("3/0/0.tif", 8, 0), 5);
    EXPECT_EQ(tiles->buffer().size(), 0U);
}

TEST_F(TileWriterTest, ADatasetThatWasMadeAnewIsNotTouched)
{
    const auto tiles = writer();
    give(*tiles, {0, 0, 16, 16}, 5);
    auto other = raster::small_item(m_pyramid);
    other.assets[0].href = "{TileMatrix}/{TileCol}/{TileRow}.tif";
    write("stac.json", other.to_json().dump(2));
    EXPECT_EQ(failure_of([&] { tiles->store(); }).rfind("store: " + path("stac.json"), 0), 0U);
    EXPECT_FALSE(is_there("3/0/0.tif"));
    EXPECT_TRUE(left_to_others().empty());
    EXPECT_GT(tiles->buffer().size(), 0U);
}

/// Root mean squares: of 30, 10, 30, 10 it is 22.4, of 22, 10, 22, 10 it is 17.1.
TEST_F(TileWriterTest, AnotherKernelMakesAllOverviewsAgain)
{
    const auto tiles = writer();
    give(*tiles, {0, 0, 16, 16}, 10);
    give(*tiles, {0, 0, 1, 16}, 30);
    tiles->flush();
    EXPECT_EQ(pixel("2/0/0.tif", 0, 0), 20);
    tiles->rebuild(raster::Resampling::Rms, raster::one_tile(0, 0), {});
    EXPECT_EQ(pixel("2/0/0.tif", 0, 0), 22);
    EXPECT_EQ(pixel("1/0/0.tif", 0, 0), 17);
    EXPECT_EQ(pixel("2/0/0.tif", 1, 0), 10);
    const auto again = stac::TiledAssetsItem::from_json(item());
    const auto store = store::open_store(folder());
    EXPECT_EQ(raster::stored_pyramid(again, *store).overview_resampling, raster::Resampling::Rms);
}

TEST_F(TileWriterTest, OverviewsThatOnlyARunMakesAreNotMade)
{
    WritingOptions options;
    options.overviews_from_process = true;
    options.asset = "tiles";
    options.layout = stac::tile_layout(item());
    TileWriter tiles(m_pyramid, store::open_store(folder()), "stac.json", options);
    give(tiles, {0, 0, 16, 16}, 5);
    tiles.flush();
    EXPECT_TRUE(is_there("3/0/0.tif"));
    EXPECT_FALSE(is_there("2/0/0.tif"));
}

TEST_F(TileWriterTest, TheItemIsChangedInPlace)
{
    const auto before = item();
    stac::ItemChange change;
    change.texts["title"] = "New";
    change.bands[0].unit = "m";
    writer()->change_item(change);
    EXPECT_EQ(item()["properties"]["title"], "New");
    const auto after = stac::TiledAssetsItem::from_json(item());
    EXPECT_EQ(after.assets.at(0).bands.at(0).unit, "m");
    EXPECT_EQ(item()["properties"]["datetime"], before["properties"]["datetime"]);
}

/// A tile of 1024 x 1024 bytes, with a bit for each pixel.
TEST_F(TileWriterTest, IsFullAboveTheSizeThatIsConfigured)
{
    raster::Pyramid pyramid = m_pyramid;
    pyramid.format.width = pyramid.format.height = 1024;
    for (stac::TileMatrix &matrix : pyramid.grid.matrices)
    {
        matrix.tile_width = matrix.tile_height = 1024;
    }
    TileWriter tiles(pyramid, store::open_store(folder()), "stac.json", {});
    EXPECT_FALSE(tiles.is_full());
    give(tiles, {0, 0, 1, 1}, 5);
    EXPECT_FALSE(tiles.is_full());
    const CPLConfigOptionSetter one_megabyte("TILEDIR_WRITE_BUFFER_MB", "1", false);
    EXPECT_TRUE(tiles.is_full());
    const CPLConfigOptionSetter two_megabytes("TILEDIR_WRITE_BUFFER_MB", "2", false);
    EXPECT_FALSE(tiles.is_full());
}

} // namespace tiledir::driver
