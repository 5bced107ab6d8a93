#include "autotest/stac/shared_json.h"
#include "stac/error.h"
#include "stac/grid/tile_matrix_set.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace tiledir::stac
{

namespace
{

/// One matrix of 2 x 1 tiles in CRS units of metres.
nlohmann::json small_set()
{
    return nlohmann::json::parse(R"({
        "id": "small", "crs": "http://www.opengis.net/def/crs/EPSG/0/32632", "tileMatrices": [
            {"id": "a", "scaleDenominator": 100000, "cellSize": 28, "pointOfOrigin": [400000, 6000000],
             "tileWidth": 256, "tileHeight": 128, "matrixWidth": 2, "matrixHeight": 1}]})");
}

std::string error_of_set(const nlohmann::json &json)
{
    try
    {
        TileMatrixSet::from_json(json);
    }
    catch (const InputError &error)
    {
        return error.what();
    }
    return "no error";
}

/// The message where one member of the matrix has another value.
std::string error_with(const char *member, const nlohmann::json &value)
{
    nlohmann::json json = small_set();
    json["tileMatrices"][0][member] = value;
    return error_of_set(json);
}

void expect_same(const TileMatrixSet &one, const TileMatrixSet &other)
{
    EXPECT_EQ(one.id, other.id);
    EXPECT_EQ(one.title, other.title);
    EXPECT_EQ(one.uri, other.uri);
    EXPECT_EQ(one.crs, other.crs);
    ASSERT_EQ(one.matrices.size(), other.matrices.size());
    for (std::size_t i = 0; i < one.matrices.size(); ++i)
    {
        const TileMatrix &a = one.matrices[i];
        const TileMatrix &b = other.matrices[i];
        EXPECT_EQ(a.id, b.id);
        EXPECT_NEAR(a.scale_denominator, b.scale_denominator, 0.06 * b.scale_denominator); // CanadianNAD83_LCC
        EXPECT_EQ(a.cell_size, b.cell_size);
        EXPECT_EQ(a.origin_x, b.origin_x);
        EXPECT_EQ(a.origin_y, b.origin_y);
        EXPECT_EQ(a.origin_is_bottom_left, b.origin_is_bottom_left);
        EXPECT_EQ(a.tile_width, b.tile_width);
        EXPECT_EQ(a.tile_height, b.tile_height);
        EXPECT_EQ(a.matrix_width, b.matrix_width);
        EXPECT_EQ(a.matrix_height, b.matrix_height);
    }
}

void expect_round_trip(const TileMatrixSet &set)
{
    for (const TmsJsonVersion version : {TmsJsonVersion::Version1, TmsJsonVersion::Version2})
    {
        const std::string text = set.to_json(version).dump();
        const TileMatrixSet again = TileMatrixSet::from_json(nlohmann::json::parse(text));
        expect_same(again, set);
        EXPECT_FALSE(again.northing_first);
        EXPECT_EQ(again.ordered_axes, set.northing_first ? std::vector<std::string>({"X", "Y"}) : set.ordered_axes);
    }
}

} // namespace

TEST(TileMatrixSetJson, ReadsVersion2)
{
    const TileMatrixSet set = TileMatrixSet::from_json(small_set());
    EXPECT_EQ(set.id, "small");
    EXPECT_EQ(set.crs, "http://www.opengis.net/def/crs/EPSG/0/32632");
    const TileMatrix &matrix = set.matrices.at(0);
    EXPECT_EQ(matrix.id, "a");
    EXPECT_EQ(matrix.tile_bounds(0, 1), (Bounds{400000 + 256 * 28, 6000000 - 128 * 28, 400000 + 512 * 28, 6000000}));
    EXPECT_EQ(matrix.tile_height, 128);
    EXPECT_EQ(matrix.scale_denominator, 100000);
}

TEST(TileMatrixSetJson, RefusesACrsThatNamesAFile)
{
    nlohmann::json json = small_set();
    json["crs"] = "+proj=longlat +nadgrids=/etc/passwd";
    EXPECT_EQ(error_of_set(json), "crs: names a file, which the CRS of a grid may not");
}

TEST(TileMatrixSetJson, AsksWhatAUnitOfTheCrsIs)
{
    nlohmann::json json = small_set();
    json["tileMatrices"][0].erase("cellSize");
    const auto set = TileMatrixSet::from_json(json, [](const std::string &) { return CrsFacts{false, false, 0.3048}; });
    EXPECT_DOUBLE_EQ(set.matrices[0].cell_size, 28 / 0.3048); // feet, of 1:100000
}

TEST(TileMatrixSetJson, ReadsTheStandardsFiles)
{
    for (const std::string &id : TileMatrixSet::well_known_ids())
    {
        const auto json = json_of(TILEDIR_SHARED_SPEC "/tms/" + id + ".json");
        if (json)
        {
            const TileMatrixSet set = TileMatrixSet::from_json(*json);
            EXPECT_EQ(set.northing_first, TileMatrixSet::well_known(id)->northing_first) << id;
            EXPECT_EQ(set.matrices[0].origin_x,
                      json->at("tileMatrices")[0]["pointOfOrigin"][set.northing_first ? 1 : 0]);
            expect_round_trip(set);
        }
    }
}

TEST(TileMatrixSetJson, ReadsVersion1AsGdalHasIt)
{
    // /usr/share/gdal/tms_NZTM2000.json, its coarsest matrix.
    const auto json = nlohmann::json::parse(R"({
        "type": "TileMatrixSetType", "identifier": "NZTM2000",
        "supportedCRS": "http://www.opengis.net/def/crs/EPSG/0/2193",
        "tileMatrix": [{"type": "TileMatrixType", "identifier": "0", "scaleDenominator": 32000000,
            "topLeftCorner": [10000000, -1000000], "tileWidth": 256, "tileHeight": 256,
            "matrixWidth": 2, "matrixHeight": 4}]})");
    const TileMatrixSet set = TileMatrixSet::from_json(
        json,
        [](const std::string &crs)
        {
            return CrsFacts{crs == "http://www.opengis.net/def/crs/EPSG/0/2193", false, 1}; // northing, easting
        });
    EXPECT_TRUE(set.northing_first);
    EXPECT_EQ(set.matrices[0].origin_x, -1000000);
    EXPECT_EQ(set.matrices[0].origin_y, 10000000);
    EXPECT_DOUBLE_EQ(set.matrices[0].cell_size, 8960); // Land Information New Zealand's resolution of level 0
}

TEST(TileMatrixSetJson, TakesDegreesForScalesOfGeographicCrs)
{
    nlohmann::json json = small_set();
    json["crs"] = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
    json["tileMatrices"][0].erase("cellSize");
    json["tileMatrices"][0]["scaleDenominator"] = 279541132.0143589; // WorldCRS84Quad, level 0
    EXPECT_NEAR(TileMatrixSet::from_json(json).matrices[0].cell_size, 0.703125, 1e-15);
}

TEST(TileMatrixSetJson, ComputesAMissingScaleDenominator)
{
    nlohmann::json json = small_set();
    json["tileMatrices"][0].erase("scaleDenominator");
    EXPECT_DOUBLE_EQ(TileMatrixSet::from_json(json).matrices[0].scale_denominator, 100000);
}

TEST(TileMatrixSetJson, LetsOrderedAxesSayWhatComesFirst)
{
    nlohmann::json json = small_set();
    const auto origin_x = [&json](const nlohmann::json &axes)
    {
        json["orderedAxes"] = axes;
        return TileMatrixSet::from_json(json,
                                        [](const std::string &) {
                                            return CrsFacts{true, false, 1};
                                        })
            .matrices[0]
            .origin_x;
    };
    EXPECT_EQ(origin_x({"E", "N"}), 400000);
    EXPECT_EQ(origin_x({"N", "E"}), 6000000);
    EXPECT_EQ(origin_x({"Y", "X"}), 6000000);
    EXPECT_EQ(origin_x({"westing", "southing"}), 6000000); // says nothing: the callback decides
}

TEST(TileMatrixSetJson, ReadsALongitudeThatStandsWhereALatitudeShouldAsOne)
{
    nlohmann::json json = small_set();
    json["crs"] = "EPSG:4326";
    for (const nlohmann::json &corner : {nlohmann::json{-180, 90}, nlohmann::json{90, -180}})
    {
        json["tileMatrices"][0]["pointOfOrigin"] = corner;
        const TileMatrix matrix = TileMatrixSet::from_json(json).matrices[0];
        EXPECT_EQ(matrix.origin_x, -180);
        EXPECT_EQ(matrix.origin_y, 90);
    }
}

TEST(TileMatrixSetJson, HonoursABottomLeftOrigin)
{
    nlohmann::json json = small_set();
    json["tileMatrices"][0]["cornerOfOrigin"] = "bottomLeft";
    const TileMatrixSet set = TileMatrixSet::from_json(json);
    EXPECT_EQ(set.matrices[0].top(), 6000000 + 128 * 28);
    expect_round_trip(set);
}

TEST(TileMatrixSetJson, TakesEveryFormOfACrs)
{
    const auto crs_of = [](const nlohmann::json &crs)
    {
        nlohmann::json json = small_set();
        json["crs"] = crs;
        return TileMatrixSet::from_json(json);
    };
    EXPECT_EQ(crs_of("EPSG:2056").crs, "EPSG:2056");
    EXPECT_EQ(crs_of({{"uri", "http://www.opengis.net/def/crs/EPSG/0/2056"}}).crs,
              "http://www.opengis.net/def/crs/EPSG/0/2056");
    EXPECT_EQ(crs_of({{"wkt", "PROJCRS[\"x\"]"}}).crs, "PROJCRS[\"x\"]");
    const nlohmann::json projjson = {{"type", "ProjectedCRS"}, {"name", "x"}};
    EXPECT_EQ(nlohmann::json::parse(crs_of({{"wkt", projjson}}).crs), projjson);
    EXPECT_EQ(crs_of({{"referenceSystem", {{"code", "2056"}, {"codeSpace", "EPSG"}}}}).crs, "EPSG:2056");
    expect_round_trip(crs_of({{"wkt", projjson}}));
    expect_round_trip(crs_of({{"wkt", "PROJCRS[\"x\"]"}}));
    nlohmann::json json = small_set();
    json["crs"] = 3857;
    EXPECT_EQ(error_of_set(json), "crs: is a JSON number, should be a text or an object");
}

TEST(TileMatrixSetJson, WritesCornersAsXAndYWhateverTheCrsHasFirst)
{
    const auto set = TileMatrixSet::well_known("WGS1984Quad");
    const nlohmann::json second = set->to_json();
    EXPECT_EQ(second["tileMatrices"][3]["pointOfOrigin"], (nlohmann::json{-180, 90}));
    EXPECT_EQ(second["tileMatrices"][3]["cornerOfOrigin"], "topLeft");
    EXPECT_EQ(second["orderedAxes"], (nlohmann::json{"X", "Y"}));
    const nlohmann::json first = set->to_json(TmsJsonVersion::Version1);
    EXPECT_EQ(first["tileMatrix"][3]["topLeftCorner"], (nlohmann::json{-180, 90}));
    EXPECT_EQ(first["orderedAxes"], (nlohmann::json{"X", "Y"}));
    EXPECT_EQ(first["supportedCRS"], set->crs);
    const nlohmann::json easting_first = TileMatrixSet::well_known("UTM31WGS84Quad")->to_json();
    EXPECT_EQ(easting_first["orderedAxes"], (nlohmann::json{"E", "N"}));
}

TEST(TileMatrixSetJson, WritesScalesThatPlaceTilesAsCellSizesDo)
{
    for (const std::string &id : TileMatrixSet::well_known_ids())
    {
        const nlohmann::json json = TileMatrixSet::well_known(id)->to_json(TmsJsonVersion::Version1);
        const bool degrees = id == "WGS1984Quad" || id == "WorldCRS84Quad" || id == "InspireCRS84Quad";
        for (const nlohmann::json &matrix : json.at("tileMatrix"))
        {
            const double metres = matrix.at("cellSize").get<double>() * (degrees ? 111319.49079327358 : 1);
            EXPECT_NEAR(matrix.at("scaleDenominator").get<double>() * 0.00028 / metres, 1, 1e-6) << id;
        }
    }
}

TEST(TileMatrixSetJson, NamesScaleSetsAsTheStandardsFilesDo)
{
    for (const char *id : {"WebMercatorQuad", "WorldCRS84Quad", "WGS1984Quad", "WorldMercatorWGS84Quad"})
    {
        if (const auto json = json_of(TILEDIR_SHARED_SPEC "/tms/" + std::string(id) + ".json"))
        {
            const TileMatrixSet set = *TileMatrixSet::well_known(id);
            const nlohmann::json ours = set.to_json(TmsJsonVersion::Version1);
            EXPECT_EQ(ours["wellKnownScaleSet"], json->at("wellKnownScaleSet")) << id;
            EXPECT_TRUE(set.derived(256, 4).to_json(TmsJsonVersion::Version1).contains("wellKnownScaleSet")) << id;
        }
    }
    for (const char *id : {"NZTM2000Quad", "CanadianNAD83_LCC", "UTM31WGS84Quad"})
    {
        EXPECT_FALSE(TileMatrixSet::well_known(id)->to_json(TmsJsonVersion::Version1).contains("wellKnownScaleSet"));
    }
}

TEST(TileMatrixSetJson, WritesTheBoundingBoxWithXFirst)
{
    const nlohmann::json json = TileMatrixSet::well_known("WGS1984Quad")->to_json(TmsJsonVersion::Version1);
    EXPECT_EQ(json["boundingBox"]["type"], "BoundingBoxType");
    EXPECT_EQ(json["boundingBox"]["crs"], json["supportedCRS"]);
    EXPECT_EQ(json["boundingBox"]["lowerCorner"], (nlohmann::json{-180, -90}));
    EXPECT_EQ(json["boundingBox"]["upperCorner"], (nlohmann::json{180, 90}));
}

TEST(TileMatrixSetJson, SurvivesARoundTripOfAnyNumbers)
{
    std::mt19937 random(11);
    std::uniform_real_distribution<double> exponent(-9, 9);
    for (int i = 0; i < 500; ++i)
    {
        TileMatrixSet set = TileMatrixSet::from_json(small_set());
        TileMatrix &matrix = set.matrices[0];
        matrix.cell_size = std::pow(10, exponent(random));
        matrix.scale_denominator = matrix.cell_size / 0.00028;
        matrix.origin_x = -std::pow(10, exponent(random));
        matrix.origin_y = std::pow(10, exponent(random));
        expect_round_trip(set);
    }
}

TEST(TileMatrixSetJson, SortsMatricesFromTheCoarsestToTheFinest)
{
    nlohmann::json json = small_set();
    json["tileMatrices"].push_back(json["tileMatrices"][0]);
    json["tileMatrices"][1]["id"] = "coarse";
    json["tileMatrices"][1]["cellSize"] = 56;
    EXPECT_EQ(TileMatrixSet::from_json(json).matrices[0].id, "coarse");
}

TEST(TileMatrixSetJson, NamesTheMemberThatIsWrong)
{
    EXPECT_EQ(error_with("cellSize", -1), "tileMatrices[0].cellSize: is -1, should be more than 0");
    EXPECT_EQ(error_with("cellSize", "28"), "tileMatrices[0].cellSize: is \"28\", should be a number");
    EXPECT_EQ(error_with("matrixWidth", 0).rfind("tileMatrices[0].matrixWidth: is 0", 0), 0u);
    EXPECT_EQ(error_with("matrixWidth", 1.5).rfind("tileMatrices[0].matrixWidth: is 1.5", 0), 0u);
    EXPECT_EQ(error_with("tileHeight", nullptr), "tileMatrices[0].tileHeight: is missing");
    EXPECT_EQ(error_with("pointOfOrigin", {1, 2, 3}), "tileMatrices[0].pointOfOrigin: has 3 numbers, should have 2");
    EXPECT_EQ(error_with("pointOfOrigin", {1, "2"}), "tileMatrices[0].pointOfOrigin[1]: is \"2\", should be a number");
    EXPECT_EQ(error_with("cornerOfOrigin", "topRight"),
              "tileMatrices[0].cornerOfOrigin: is 'topRight', should be topLeft or bottomLeft");
    EXPECT_EQ(error_of_set(nlohmann::json::array()), "JSON: is a JSON array, should be an object");
}

TEST(TileMatrixSetJson, RefusesWhatCannotBeAGrid)
{
    EXPECT_NE(error_with("matrixHeight", std::int64_t{1} << 47), "no error"); // 2^54 pixels
    EXPECT_EQ(error_with("matrixHeight", std::int64_t{1} << 46), "no error"); // 2^53 pixels
    EXPECT_NE(error_with("cellSize", 1e306), "no error");
    EXPECT_EQ(error_with("variableMatrixWidths", {{{"coalesce", 2}, {"minTileRow", 0}, {"maxTileRow", 0}}}),
              "tileMatrices[0].variableMatrixWidths: rows of different widths are not supported");
    nlohmann::json json = small_set();
    json["tileMatrices"].push_back(json["tileMatrices"][0]);
    EXPECT_EQ(error_of_set(json), "tileMatrices[1].id: 'a' is there twice, should be unique");
    json["tileMatrices"] = nlohmann::json::array();
    EXPECT_EQ(error_of_set(json), "tileMatrices: has 0 tile matrices, should have from 1 to 100");
    json["tileMatrices"] = std::vector<nlohmann::json>(101, small_set()["tileMatrices"][0]);
    EXPECT_EQ(error_of_set(json), "tileMatrices: has 101 tile matrices, should have from 1 to 100");
}

TEST(TileMatrixSetJson, RefusesTheStandardsVariableWidths)
{
    for (const char *id : {"GNOSISGlobalGrid", "CDB1GlobalGrid"})
    {
        const auto json = json_of(TILEDIR_SHARED_SPEC "/tms/" + std::string(id) + ".json");
        if (!json)
        {
            GTEST_SKIP() << "no " << TILEDIR_SHARED_SPEC;
        }
        const std::string error = error_of_set(*json);
        EXPECT_NE(error.find(".variableMatrixWidths: rows of different widths are not supported"), std::string::npos)
            << error;
    }
}

} // namespace tiledir::stac
