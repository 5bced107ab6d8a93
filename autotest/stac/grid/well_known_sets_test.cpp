#include "autotest/stac/shared_json.h"
#include "stac/grid/tile_matrix_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace tiledir::stac
{

namespace
{

const std::string kSpec = TILEDIR_SHARED_SPEC "/tms/";

bool near(double value, double expected, double absolute = 0)
{
    return std::abs(value - expected) <= std::max(1e-9 * std::abs(expected), absolute);
}

} // namespace

class WellKnownSet : public testing::TestWithParam<std::string>
{
};

TEST_P(WellKnownSet, HasTheMatricesOfTheStandardsJson)
{
    const auto spec = json_of(kSpec + GetParam() + ".json");
    if (!spec)
    {
        GTEST_SKIP() << "no " << kSpec;
    }
    const auto set = TileMatrixSet::well_known(GetParam());
    ASSERT_TRUE(set);
    EXPECT_EQ(set->id, spec->at("id"));
    EXPECT_EQ(set->title, spec->at("title"));
    EXPECT_EQ(set->uri, spec->value("uri", ""));
    EXPECT_EQ(set->crs, spec->at("crs"));
    EXPECT_EQ(set->ordered_axes, spec->at("orderedAxes").get<std::vector<std::string>>());
    const nlohmann::json &matrices = spec->at("tileMatrices");
    ASSERT_EQ(set->matrices.size(), matrices.size());
    for (std::size_t i = 0; i < matrices.size(); ++i)
    {
        const TileMatrix &matrix = set->matrices[i];
        const nlohmann::json &expected = matrices[i];
        SCOPED_TRACE(matrix.id);
        EXPECT_EQ(matrix.id, expected.at("id"));
        EXPECT_EQ(matrix.matrix_width, expected.at("matrixWidth"));
        EXPECT_EQ(matrix.matrix_height, expected.at("matrixHeight"));
        EXPECT_EQ(matrix.tile_width, expected.at("tileWidth"));
        EXPECT_EQ(matrix.tile_height, expected.at("tileHeight"));
        EXPECT_FALSE(matrix.origin_is_bottom_left);
        EXPECT_TRUE(near(matrix.scale_denominator, expected.at("scaleDenominator"))) << matrix.scale_denominator;
        // The JSON gives the cell sizes of the polar sets to nine decimals.
        const double rounding = GetParam().rfind("UPS", 0) == 0 ? 0.51e-9 : 0;
        EXPECT_TRUE(near(matrix.cell_size, expected.at("cellSize"), rounding)) << matrix.cell_size;
        const std::string first_axis = set->ordered_axes.front();
        const bool northing_first = first_axis == "Lat" || first_axis == "Y";
        EXPECT_EQ(set->northing_first, northing_first);
        EXPECT_TRUE(near(matrix.origin_x, expected.at("pointOfOrigin")[northing_first ? 1 : 0])) << matrix.origin_x;
        EXPECT_TRUE(near(matrix.origin_y, expected.at("pointOfOrigin")[northing_first ? 0 : 1])) << matrix.origin_y;
    }
}

INSTANTIATE_TEST_SUITE_P(Ogc, WellKnownSet,
                         testing::Values("WebMercatorQuad", "WorldMercatorWGS84Quad", "WorldCRS84Quad", "WGS1984Quad",
                                         "EuropeanETRS89_LAEAQuad", "CanadianNAD83_LCC", "UPSArcticWGS84Quad",
                                         "UPSAntarcticWGS84Quad", "UTM31WGS84Quad", "NZTM2000Quad",
                                         "LINZAntarticaMapTilegrid"),
                         [](const auto &set) { return set.param; });

TEST(WellKnownSets, HalveTheirCellsExactly)
{
    const auto set = TileMatrixSet::well_known("WebMercatorQuad");
    EXPECT_EQ(set->matrices[24].cell_size * 16777216, set->matrices[0].cell_size);
    const TileMatrix &finest = set->matrices[24];
    // pi * 6378137, the half extent that EPSG:3857 gives longitude 180.
    EXPECT_EQ(finest.bounds(finest.window()),
              (Bounds{-20037508.342789244, -20037508.342789244, 20037508.342789244, 20037508.342789244}));
}

TEST(WellKnownSets, AreFoundByUriAndByGdalsNames)
{
    EXPECT_EQ(TileMatrixSet::well_known("http://www.opengis.net/def/tilematrixset/OGC/1.0/UTM31WGS84Quad")->id,
              "UTM31WGS84Quad");
    EXPECT_EQ(TileMatrixSet::well_known("https://www.opengis.net/def/tilematrixset/OGC/1.0/WorldCRS84Quad")->id,
              "WorldCRS84Quad");
    EXPECT_EQ(TileMatrixSet::well_known("http://schemas.opengis.net/tms/1.0/json/examples/WebMercatorQuad.json")->id,
              "WebMercatorQuad");
    EXPECT_EQ(
        TileMatrixSet::well_known("https://schemas.opengis.net/tms/2.0/json/examples/tilematrixset/NZTM2000Quad.json")
            ->id,
        "NZTM2000Quad");
    EXPECT_EQ(TileMatrixSet::well_known("GoogleMapsCompatible")->id, "WebMercatorQuad");
    EXPECT_EQ(TileMatrixSet::well_known("InspireCRS84Quad")->id, "WorldCRS84Quad");
}

TEST(WellKnownSets, UnknownNamesGiveNone)
{
    EXPECT_FALSE(TileMatrixSet::well_known("WebMercatorQuat"));
    EXPECT_FALSE(TileMatrixSet::well_known(""));
    EXPECT_FALSE(TileMatrixSet::well_known("http://schemas.opengis.net/tms/1.0/json/examples/"));
    EXPECT_FALSE(TileMatrixSet::well_known("http://example.com/tms/1.0/json/examples/WebMercatorQuad.json"));
}

TEST(WellKnownSets, AllOfTheirIdsAreKnown)
{
    const std::vector<std::string> ids = TileMatrixSet::well_known_ids();
    EXPECT_GE(ids.size(), 12u);
    for (const std::string &id : ids)
    {
        EXPECT_TRUE(TileMatrixSet::well_known(id)) << id;
    }
}

} // namespace tiledir::stac
