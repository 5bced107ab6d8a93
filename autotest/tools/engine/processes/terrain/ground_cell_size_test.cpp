#include "tools/engine/processes/terrain/ground_cell_size.h"

#include "stac/grid/tile_matrix_set.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace tiledir;
using namespace tiledir::engine;

namespace
{

stac::TileMatrixSet grid(const char *id)
{
    return *stac::TileMatrixSet::well_known(id);
}

} // namespace

// Lengths of a degree on WGS 84: NGA.STND.0036 (at 0: 110,574.3 and 111,319.5 m; at 45: 111,131.8 and 78,846.8 m; at
// 60: 111,412.3 and 55,800.2 m).
TEST(GroundCellSize, IsTheLengthOfADegreeOnWgs84)
{
    const auto crs84 = grid("WorldCRS84Quad");
    const GroundCellSize ground(crs84.crs);
    const stac::TileMatrix &matrix = crs84.matrices[14];
    const struct
    {
        double latitude, north, east;
    } lengths[] = {{0, 110574.3, 111319.5}, {45, 111131.8, 78846.8}, {60, 111412.3, 55800.2}, {-60, 111412.3, 55800.2}};
    for (const auto &degree : lengths)
    {
        const auto row = static_cast<std::int64_t>((90 - degree.latitude) / matrix.cell_size);
        const GroundStrip strip = ground.strip_of(matrix, row);
        EXPECT_NEAR(strip.cell_height / matrix.cell_size, degree.north, 111000 * 0.002) << degree.latitude;
        EXPECT_NEAR(strip.cell_width / matrix.cell_size, degree.east, 111000 * 0.002) << degree.latitude;
    }
}

TEST(GroundCellSize, ChangesByUnderAFifthOfAPercentOverAStrip)
{
    const auto mercator = grid("WebMercatorQuad");
    const GroundCellSize ground(mercator.crs);
    for (const int level : {2, 6, 9, 14})
    {
        const stac::TileMatrix &matrix = mercator.matrices[static_cast<std::size_t>(level)];
        GroundStrip before = ground.strip_of(matrix, 0);
        for (std::int64_t row = before.rows; row < std::min<std::int64_t>(matrix.window().height, 40000);)
        {
            const GroundStrip strip = ground.strip_of(matrix, row);
            ASSERT_EQ(strip.first_row, row);
            ASSERT_GE(strip.rows, 1);
            if (strip.rows > 1 && before.rows > 1)
            {
                ASSERT_NEAR(strip.cell_width / before.cell_width, 1, 0.004) << level << " " << row;
            }
            for (std::int64_t inside = row; inside < row + strip.rows;
                 inside += std::max<std::int64_t>(1, strip.rows / 3))
            {
                ASSERT_EQ(ground.strip_of(matrix, inside).first_row, strip.first_row);
                ASSERT_EQ(ground.strip_of(matrix, inside).cell_width, strip.cell_width);
            }
            before = strip;
            row += strip.rows;
        }
    }
}

TEST(GroundCellSize, AtAPoleIsThatOfTheNearestRowOffIt)
{
    const auto crs84 = grid("WorldCRS84Quad");
    const GroundCellSize ground(crs84.crs);
    const stac::TileMatrix &matrix = crs84.matrices[5];
    const GroundStrip first = ground.strip_of(matrix, 0);
    EXPECT_EQ(first.rows, 1);
    EXPECT_GT(first.cell_width, 0);
    EXPECT_DOUBLE_EQ(ground.strip_of(matrix, -3).cell_width, first.cell_width);
}

TEST(GroundCellSize, ElsewhereIsTheLinearUnit)
{
    const auto utm = grid("UTM31WGS84Quad");
    const GroundStrip strip = GroundCellSize(utm.crs).strip_of(utm.matrices[10], 77);
    EXPECT_DOUBLE_EQ(strip.cell_width, utm.matrices[10].cell_size);
    const stac::TileMatrix &matrix = utm.matrices[10];
    const GroundStrip feet = GroundCellSize("EPSG:2264").strip_of(matrix, 5); // North Carolina, US survey feet
    EXPECT_NEAR(feet.cell_height, matrix.cell_size * 1200 / 3937, 1e-9 * matrix.cell_size);
}
