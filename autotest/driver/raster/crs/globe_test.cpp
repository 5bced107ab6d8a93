#include "driver/raster/crs/globe.h"

#include "autotest/driver/raster/gdal_rasters.h"
#include "driver/raster/crs/grid_levels.h"
#include "driver/raster/crs/spatial_reference.h"

#include <gtest/gtest.h>

using namespace tiledir;
using namespace tiledir::raster;
using namespace tiledir::raster::fixtures;

namespace
{

/// Half of the equator of the sphere of EPSG:3857.
constexpr double kHalfWorld = 3.14159265358979323846 * 6378137;

stac::TileMatrixSet quad(const char *id)
{
    return open_grid(id, std::nullopt, 1);
}

using Parts = std::vector<stac::Bounds>;
using Box = std::vector<double>;

} // namespace

TEST(TurnOf, IsTheEquatorInTheUnitsOfTheCrs)
{
    EXPECT_NEAR(turn_of(spatial_reference("EPSG:4326")), 360, 1e-12);
    EXPECT_NEAR(turn_of(spatial_reference("EPSG:4807")), 400, 1e-12); // grads
    EXPECT_NEAR(turn_of(spatial_reference("EPSG:3857")), 2 * kHalfWorld, 1e-6);
    EXPECT_NEAR(turn_of(spatial_reference("EPSG:3832")), 2 * kHalfWorld, 1e-6); // its middle is at 150 degrees east
    EXPECT_NEAR(turn_of(spatial_reference("EPSG:4087")), 2 * kHalfWorld, 1e-6); // equirectangular
    EXPECT_EQ(turn_of(spatial_reference("EPSG:32660")), 0);
    EXPECT_EQ(turn_of(spatial_reference("EPSG:3413")), 0);
}

TEST(PartsOnGrid, AreTheBoundsThemselvesOnTheGridsWorld)
{
    const stac::TileMatrixSet grid = quad("WorldCRS84Quad");
    for (const stac::Bounds &bounds : {stac::Bounds{170, -20, 180, 10}, {-180, -90, 180, 90}, {-181, 0, 181, 10}})
    {
        EXPECT_EQ(parts_on_grid(grid, bounds, 0.001), Parts{bounds});
    }
    const stac::Bounds half_a_pixel_over{170, -20, 180.0005, 10};
    EXPECT_EQ(parts_on_grid(grid, half_a_pixel_over, 0.001), Parts{half_a_pixel_over});
}

TEST(PartsOnGrid, AreTwoAcrossTheAntimeridianAndOneBeyondIt)
{
    const stac::TileMatrixSet grid = quad("WorldCRS84Quad");
    EXPECT_EQ(parts_on_grid(grid, {179, -20, 182, 10}, 0.001), (Parts{{-180, -20, -178, 10}, {179, -20, 180, 10}}));
    EXPECT_EQ(parts_on_grid(grid, {-182, -20, -179, 10}, 0.001), (Parts{{-180, -20, -179, 10}, {178, -20, 180, 10}}));
    EXPECT_EQ(parts_on_grid(grid, {190, 0, 200, 10}, 0.001), (Parts{{-170, 0, -160, 10}}));
    EXPECT_EQ(parts_on_grid(grid, {0, -90, 360, 90}, 0.001), (Parts{{-180, -90, 180, 90}}));
}

TEST(PartsOnGrid, FollowMercatorAndNoGridAroundWhichXDoesNotRun)
{
    const stac::TileMatrixSet grid = quad("WebMercatorQuad");
    const Parts parts = parts_on_grid(grid, {kHalfWorld - 3000, 0, kHalfWorld + 1000, 5}, 1);
    ASSERT_EQ(parts.size(), 2U);
    EXPECT_NEAR(parts[0].min_x, -kHalfWorld, 1e-6);
    EXPECT_NEAR(parts[0].max_x, -kHalfWorld + 1000, 1e-6);
    EXPECT_NEAR(parts[1].min_x, kHalfWorld - 3000, 1e-6);
    EXPECT_NEAR(parts[1].max_x, kHalfWorld, 1e-6);
    const stac::TileMatrixSet utm = quad("UTM31WGS84Quad");
    const stac::Bounds beyond{-1e8, 0, 1e5, 1e5};
    EXPECT_EQ(parts_on_grid(utm, beyond, 1), Parts{beyond});
}

TEST(CommonBbox, HasItsWestEastOfItsEastAcrossTheAntimeridian)
{
    const Parts across{{-180, -20, -178, 10}, {179, -25, 180, 10}};
    EXPECT_EQ(common_bbox(across, {-180, -90, 180, 90}, "OGC:CRS84"), (Box{179, -25, -178, 10}));
    EXPECT_EQ(common_bbox(across, {-180, -90, 0, 90}, "OGC:CRS84"), (Box{-180, -20, -178, 10}));
    EXPECT_EQ(common_bbox(across, {0, 0, 1, 1}, "OGC:CRS84"), (Box{0, 0, 1, 1}));
    EXPECT_EQ(common_bbox({{-180, 0, 10, 1}, {0, 0, 180, 1}}, {-180, -90, 180, 90}, "OGC:CRS84"),
              (Box{-180, 0, 180, 1}));
}

TEST(Crs84Bbox, CountsLongitudesFromGreenwich)
{
    EXPECT_EQ(crs84_bbox({179, -20, 182, 10}, "OGC:CRS84"), (Box{179, -20, -178, 10}));
    EXPECT_EQ(crs84_bbox({-182, -20, -179, 10}, "OGC:CRS84"), (Box{178, -20, -179, 10}));
    EXPECT_EQ(crs84_bbox({180, -20, 182, 10}, "OGC:CRS84"), (Box{-180, -20, -178, 10}));
    EXPECT_EQ(crs84_bbox({-182, -20, -180, 10}, "OGC:CRS84"), (Box{178, -20, 180, 10}));
    EXPECT_EQ(crs84_bbox({0, -90, 360, 90}, "OGC:CRS84"), (Box{-180, -90, 180, 90}));
    EXPECT_EQ(crs84_bbox({170, 0, 180, 1}, "OGC:CRS84"), (Box{170, 0, 180, 1}));
}
