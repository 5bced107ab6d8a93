#include "stac/grid/grid_readings.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace tiledir::stac
{

namespace
{

CrsFacts new_zealand(const std::string &)
{
    return {true, false, 1}; // northing, easting
}

/// A matrix of a set that states scales alone.
nlohmann::json set_of_scales(const std::string &crs, int tile, double first, double second)
{
    return {{"identifier", "test"},
            {"supportedCRS", crs},
            {"tileMatrix",
             {{{"identifier", "0"},
               {"scaleDenominator", 100000},
               {"topLeftCorner", {first, second}},
               {"tileWidth", tile},
               {"tileHeight", tile},
               {"matrixWidth", 4},
               {"matrixHeight", 4}}}}};
}

/// Cell sizes, to nine digits, and left edges of the readings of it.
std::vector<std::pair<double, double>> readings(const nlohmann::json &json, const DescribeCrs &facts)
{
    std::vector<std::pair<double, double>> all;
    for (const GridReading &reading : grid_readings(TileMatrixSet::from_json(json, facts)))
    {
        const double cell = std::round(reading.grid.matrices[0].cell_size * 1e9) / 1e9;
        all.emplace_back(cell, reading.grid.matrices[0].origin_x);
    }
    return all;
}

using Readings = std::vector<std::pair<double, double>>;

} // namespace

TEST(GridReadings, AreOneWhereNothingIsInDoubt)
{
    EXPECT_EQ(readings(set_of_scales("EPSG:3857", 256, -100, 200), facts_of_common_crs), (Readings{{28, -100}}));
    EXPECT_EQ(grid_readings(*TileMatrixSet::well_known("WGS1984Quad")).size(), 1u); // of no JSON
}

TEST(GridReadings, TakeCornersOfNorthingFirstCrsBothWays)
{
    const auto json = set_of_scales("EPSG:2193", 256, 1500000, 5500000);
    EXPECT_EQ(readings(json, new_zealand), (Readings{{28, 5500000}, {28, 1500000}}));
}

TEST(GridReadings, BelieveOrderedAxesThatSayX)
{
    auto json = set_of_scales("EPSG:2193", 256, 1500000, 5500000);
    json["orderedAxes"] = {"X", "Y"};
    EXPECT_EQ(readings(json, new_zealand), (Readings{{28, 1500000}}));
}

TEST(GridReadings, LeaveOutCornersBeyondThePoles)
{
    EXPECT_EQ(readings(set_of_scales("EPSG:4326", 256, 90, -180), facts_of_common_crs).size(), 1u + 1u);
    EXPECT_EQ(readings(set_of_scales("EPSG:4326", 256, 45, 10), facts_of_common_crs).size(), 2u + 2u);
}

TEST(GridReadings, KeepTheScalesOfSetsThatBeginBeyondThePole)
{
    // As `gdal raster tile` writes GoogleCRS84Quad.
    const auto json = set_of_scales("http://www.opengis.net/def/crs/OGC/1.3/CRS84", 512, -180, 180);
    const double cell = 0.000251528; // degrees that are 28 m at the equator
    EXPECT_EQ(readings(json, facts_of_common_crs), (Readings{{cell, -180}, {cell / 2, -180}, {28, -180}}));
}

TEST(GridReadings, TakeScalesForTilesOfTheUsualSizes)
{
    EXPECT_EQ(readings(set_of_scales("EPSG:3857", 512, 0, 0), facts_of_common_crs), (Readings{{28, 0}, {14, 0}}));
    EXPECT_EQ(readings(set_of_scales("EPSG:3857", 1024, 0, 0), facts_of_common_crs),
              (Readings{{28, 0}, {7, 0}, {14, 0}}));
}

TEST(GridReadings, TakeScalesThatContradictCellSizesBothWays)
{
    auto json = set_of_scales("EPSG:3857", 512, 0, 0);
    json["tileMatrix"][0]["cellSize"] = 14;
    EXPECT_EQ(readings(json, facts_of_common_crs), (Readings{{14, 0}, {28, 0}}));
    json["tileMatrix"][0]["cellSize"] = 26.458; // the pixels of the standard's CanadianNAD83_LCC
    EXPECT_EQ(readings(json, facts_of_common_crs), (Readings{{26.458, 0}}));
}

} // namespace tiledir::stac
