#include "driver/item/band_sources.h"

#include "autotest/driver/scratch_folder.h"

namespace tiledir::driver
{

namespace
{

class BandSourcesTest : public ScratchFolderTest
{
protected:
    /// Of a grid of 2 x 2 tiles of 4 pixels, "tiles" without bands.
    BandSourcesTest()
    {
        stac::TileMatrix matrix;
        matrix.id = "0";
        matrix.cell_size = 1;
        matrix.tile_width = matrix.tile_height = 4;
        matrix.matrix_width = matrix.matrix_height = 2;
        m_opened.item.tile_matrix_set.id = "Small";
        m_opened.item.tile_matrix_set.matrices = {matrix};
        m_opened.location = {folder(), "stac.json", {}, {}, {}};
        set_href("{z}/{x}/{y}.tif", {});
    }
    void set_href(const std::string &href, const std::vector<stac::ItemBand> &bands)
    {
        stac::TileAsset asset;
        asset.href = href;
        asset.bands = bands;
        m_opened.assets = {asset};
    }
    void write_tile(const std::string &name, int bands, GDALDataType type, bool alpha = false) const
    {
        raster::fixtures::RasterSpec spec;
        spec.bands = bands;
        spec.type = type;
        spec.alpha = alpha;
        spec.value = [](int, int, int) { return 1; };
        spec.nodata = alpha ? std::nullopt : std::optional<double>(9);
        write_tiff(name, spec);
    }
    static stac::ItemBand untold(const std::string &name)
    {
        stac::ItemBand band;
        band.name = name;
        band.type_is_untold = true;
        return band;
    }
    static stac::ItemBand told(const std::string &name, const std::string &type)
    {
        stac::ItemBand band;
        band.name = name;
        band.data_type = type;
        return band;
    }

    OpenedItem m_opened;
};

} // namespace

TEST_F(BandSourcesTest, AnItemWithoutBandsHasThoseOfItsTiles)
{
    write_tile("0/1/0.tif", 2, GDT_UInt16);
    const BandSources found = band_sources(m_opened);
    ASSERT_EQ(found.pixels.size(), 2U);
    EXPECT_EQ(found.sources.size(), 1U);
    EXPECT_EQ(found.pixels[1].type, GDT_UInt16);
    EXPECT_EQ(found.pixels[1].nodata.value().number(), 9);
    EXPECT_EQ(found.pixels[1].source_band, 1);
    EXPECT_EQ(found.bands[0].data_type, "uint16");
}

TEST_F(BandSourcesTest, WhatTheItemSaysOfItsBandsCountsForMoreThanTheTile)
{
    write_tile("0/1/0.tif", 1, GDT_UInt16);
    auto band = told("red", "float32");
    band.nodata = -1;
    set_href("{z}/{x}/{y}.tif", {band});
    const BandSources found = band_sources(m_opened);
    EXPECT_EQ(found.pixels.at(0).type, GDT_Float32);
    EXPECT_EQ(found.pixels.at(0).nodata.value().number(), -1);
    band = untold("red");
    band.nodata = 3;
    set_href("{z}/{x}/{y}.tif", {band});
    EXPECT_EQ(band_sources(m_opened).pixels.at(0).type, GDT_UInt16);
    EXPECT_EQ(band_sources(m_opened).pixels.at(0).nodata.value().number(), 3);
}

TEST_F(BandSourcesTest, TheNameOfABandLeadsToTilesOfItsOwn)
{
    write_tile("red/0/1/0.tif", 1, GDT_Int16);
    set_href("{eo:band}/{z}/{x}/{y}.tif", {untold("red"), untold("nir")});
    const BandSources found = band_sources(m_opened);
    ASSERT_EQ(found.sources.size(), 2U);
    const stac::TileMatrix &matrix = m_opened.item.tile_matrix_set.matrices[0];
    EXPECT_EQ(found.sources[1].folder() + "/" + found.sources[1].key(matrix, 1, 0), path("nir/0/0/1.tif"));
    EXPECT_EQ(found.pixels[1].source, 1U);
    EXPECT_EQ(found.pixels[1].source_band, 0);
    EXPECT_EQ(found.pixels[1].type, GDT_Int16);
    set_href("{eo:band}/{z}/{x}/{y}.tif", {});
    EXPECT_EQ(failure_of([this] { band_sources(m_opened); }),
              "input: asset_templates.tiles: its href has {eo:band}, and it has no eo:bands");
}

TEST_F(BandSourcesTest, AlphaThatTheItemDoesNotNameIsNoBandOfIts)
{
    write_tile("0/1/0.tif", 4, GDT_Byte, true);
    set_href("{z}/{x}/{y}.tif", {untold("r"), untold("g"), untold("b")});
    EXPECT_EQ(band_sources(m_opened).pixels.size(), 3U);
    set_href("{z}/{x}/{y}.tif", {});
    const BandSources all = band_sources(m_opened);
    ASSERT_EQ(all.pixels.size(), 4U);
    EXPECT_FALSE(all.pixels[2].alpha);
    EXPECT_TRUE(all.pixels[3].alpha);
}

TEST_F(BandSourcesTest, AnotherNumberOfBandsThanTheTilesHaveIsRefused)
{
    write_tile("0/1/0.tif", 1, GDT_Byte);
    set_href("{z}/{x}/{y}.tif", {untold("r"), untold("g")});
    EXPECT_EQ(failure_of([this] { band_sources(m_opened); }),
              "input: asset_templates.tiles: has 2 band(s), its tiles have 1");
}

TEST_F(BandSourcesTest, WithoutATileABandThatTellsItsTypeSpeaksForTheOthers)
{
    set_href("{z}/{x}/{y}.tif", {untold("r"), told("g", "int32")});
    EXPECT_EQ(band_sources(m_opened).pixels.at(0).type, GDT_Int32);
    set_href("{z}/{x}/{y}.tif", {untold("r")});
    EXPECT_EQ(failure_of([this] { band_sources(m_opened); }).rfind("input: ", 0), 0U);
}

TEST_F(BandSourcesTest, ATypeThatGdalHasNotIsRefused)
{
    set_href("{z}/{x}/{y}.tif", {told("r", "uint128")});
    EXPECT_EQ(failure_of([this] { band_sources(m_opened); }), "input: " + path("stac.json") +
                                                                  ": data_type uint128: not a type that GDAL " +
                                                                  GDALVersionInfo("RELEASE_NAME") + " has");
}

/// 16384 x 16384 pixels of 8 bytes are 2^31 bytes: as many as are decoded; one byte more a pixel is too many.
TEST_F(BandSourcesTest, TilesThatTakeMoreThanTwoGigabytesAreRefused)
{
    stac::TileMatrixSet grid = m_opened.item.tile_matrix_set;
    grid.matrices[0].tile_width = grid.matrices[0].tile_height = 16384;
    std::vector<BandPixels> bands(1);
    bands[0].type = GDT_Float64;
    const std::vector<RasterLevel> levels(1);
    EXPECT_NO_THROW(check_tile_sizes(grid, levels, bands));
    bands.emplace_back();
    bands[1].source = 1;
    EXPECT_NO_THROW(check_tile_sizes(grid, levels, bands)) << "in tiles of its own";
    bands[1].source = 0;
    EXPECT_EQ(failure_of([&] { check_tile_sizes(grid, levels, bands); }),
              "input: tile matrix 0: tiles of 16384 x 16384 pixels are 2.415919 GB in memory with all of their bands, "
              "at most 2.1 are read");
}

} // namespace tiledir::driver
