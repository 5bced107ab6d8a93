#include "stac/grid/tile_matrix_set.h"

#include "autotest/stac/shared_json.h"
#include "stac/error.h"

#include <gtest/gtest.h>

namespace tiledir::stac
{

namespace
{

TileMatrixSet web_mercator()
{
    return *TileMatrixSet::well_known("WebMercatorQuad");
}

} // namespace

TEST(DerivedSet, OfThePlainSizesIsThePlainSet)
{
    const TileMatrixSet set = web_mercator().derived(256, 1);
    EXPECT_EQ(set.id, "WebMercatorQuad");
    EXPECT_EQ(set.uri, web_mercator().uri);
    EXPECT_TRUE(set.same_grid(web_mercator()));
}

TEST(DerivedSet, WithLargerTilesKeepsWidthsAndShrinksCells)
{
    const TileMatrixSet set = web_mercator().derived(512, 1);
    EXPECT_EQ(set.id, "WebMercatorQuad_512");
    EXPECT_EQ(set.uri, "");
    EXPECT_EQ(set.matrices[5].id, "5");
    EXPECT_EQ(set.matrices[5].matrix_width, 32);
    EXPECT_EQ(set.matrices[5].tile_width, 512);
    EXPECT_EQ(set.matrices[5].cell_size, web_mercator().matrices[6].cell_size);
    EXPECT_EQ(set.matrices[5].scale_denominator, web_mercator().matrices[6].scale_denominator);
}

TEST(DerivedSet, WithMetatilesKeepsCellsAndRoundsWidthsUp)
{
    const TileMatrixSet set = TileMatrixSet::well_known("LINZAntarticaMapTilegrid")->derived(256, 4);
    EXPECT_EQ(set.id, "LINZAntarticaMapTilegrid_m4");
    EXPECT_EQ(set.matrices[13].tile_width, 1024);
    EXPECT_EQ(set.matrices[13].tile_height, 1024);
    EXPECT_EQ(set.matrices[13].matrix_width, 826); // 3303 / 4
    EXPECT_EQ(set.matrices[0].matrix_width, 1);
    EXPECT_EQ(set.matrices[13].cell_size, 14);
}

TEST(DerivedSet, SaysBothSizesInItsId)
{
    EXPECT_EQ(web_mercator().derived(512, 4).id, "WebMercatorQuad_512_m4");
}

TEST(DerivedSet, RefusesSizesThatAreOutOfRange)
{
    EXPECT_THROW(web_mercator().derived(0, 1), InputError);
    EXPECT_THROW(web_mercator().derived(65537, 1), InputError);
    EXPECT_THROW(web_mercator().derived(256, 0), InputError);
    EXPECT_THROW(web_mercator().derived(256, 257), InputError);
    EXPECT_NO_THROW(web_mercator().derived(256, 256));
}

TEST(DerivedSet, RefusesTilesThatAreNotSquare)
{
    TileMatrixSet set = web_mercator();
    set.matrices[0].tile_width = 512;
    EXPECT_THROW(set.derived(256, 2), InputError);
}

TEST(Ratio, OfQuadsIsAPowerOfTwo)
{
    const TileMatrixSet set = web_mercator();
    EXPECT_EQ(set.ratio(11, 5), 64);
    EXPECT_EQ(set.ratio(24, 0), 16777216);
    EXPECT_EQ(set.ratio(3, 3), 1);
    EXPECT_FALSE(set.ratio(5, 11));
}

TEST(Ratio, OfAScaleListIsThereOnlyWhereItIsAWholeNumber)
{
    const TileMatrixSet set = *TileMatrixSet::well_known("CanadianNAD83_LCC");
    EXPECT_EQ(set.ratio(5, 2), 5);      // 50 : 10
    EXPECT_FALSE(set.ratio(1, 0));      // 145 : 85
    EXPECT_FALSE(set.ratio(6, 4));      // 17.5 : 6
    EXPECT_EQ(set.ratio(25, 12), 1000); // 250000 : 250
}

TEST(Ratio, SurvivesTheRoundedCellsOfTheStandardsJson)
{
    const auto json = json_of(TILEDIR_SHARED_SPEC "/tms/EuropeanETRS89_LAEAQuad.json");
    if (!json)
    {
        GTEST_SKIP() << "no " << TILEDIR_SHARED_SPEC;
    }
    EXPECT_EQ(TileMatrixSet::from_json(*json).ratio(15, 0), 32768);
}

TEST(Ratio, NeedsCornersThatNest)
{
    TileMatrixSet set = web_mercator();
    set.matrices[5].origin_x += 8 * set.matrices[5].cell_size;
    EXPECT_EQ(set.ratio(11, 5), 64);
    set.matrices[5].origin_x += 0.5 * set.matrices[5].cell_size;
    EXPECT_FALSE(set.ratio(11, 5));
}

TEST(Ratio, OfABottomLeftSetLooksAtItsTop)
{
    TileMatrixSet set;
    for (const auto &[cell, height] : {std::pair(4.0, 3), std::pair(1.0, 10)})
    {
        TileMatrix matrix;
        matrix.id = std::to_string(height);
        matrix.cell_size = cell;
        matrix.origin_is_bottom_left = true;
        matrix.matrix_height = height;
        set.matrices.push_back(matrix);
    }
    EXPECT_EQ(set.ratio(1, 0), 4); // tops are 2560 and 3072: 128 coarse pixels apart
    set.matrices[1].tile_height = 255;
    EXPECT_FALSE(set.ratio(1, 0)); // 2550 and 3072
}

TEST(SameGrid, HoldsWhateverTheSpellingOfTheCrs)
{
    TileMatrixSet other = web_mercator();
    other.id = "mine";
    other.crs = "EPSG:3857";
    EXPECT_TRUE(other.same_grid(web_mercator()));
    other.crs = "EPSG:3395";
    EXPECT_FALSE(other.same_grid(web_mercator()));
}

TEST(SameGrid, SeesEveryDifference)
{
    const auto changed = [](auto change)
    {
        TileMatrixSet set = web_mercator();
        change(set.matrices[3]);
        return !set.same_grid(web_mercator());
    };
    EXPECT_TRUE(changed([](TileMatrix &matrix) { matrix.id = "drei"; }));
    EXPECT_TRUE(changed([](TileMatrix &matrix) { matrix.cell_size *= 1 + 1e-8; }));
    EXPECT_FALSE(changed([](TileMatrix &matrix) { matrix.cell_size *= 1 + 1e-10; }));
    EXPECT_TRUE(changed([](TileMatrix &matrix) { matrix.origin_x += 0.001; }));
    EXPECT_TRUE(changed([](TileMatrix &matrix) { matrix.tile_height = 128; }));
    EXPECT_TRUE(changed([](TileMatrix &matrix) { matrix.matrix_width = 7; }));
    TileMatrixSet shorter = web_mercator();
    shorter.matrices.pop_back();
    EXPECT_FALSE(shorter.same_grid(web_mercator()));
}

TEST(IndexOf, FindsMatricesById)
{
    const TileMatrixSet set = *TileMatrixSet::well_known("UTM31WGS84Quad");
    EXPECT_EQ(set.index_of("1"), 0);
    EXPECT_FALSE(set.index_of("0"));
}

} // namespace tiledir::stac
