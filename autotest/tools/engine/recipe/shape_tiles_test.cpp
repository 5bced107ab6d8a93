#include "tools/engine/recipe/shape_tiles.h"

#include "driver/raster/crs/spatial_reference.h"

#include <gtest/gtest.h>

#include <ogr_geometry.h>

#include <cmath>
#include <random>
#include <set>
#include <utility>

using namespace tiledir;
using engine::ShapeTiles;

namespace
{

using Tiles = std::set<std::pair<std::int64_t, std::int64_t>>; ///< row, col

Tiles plain(const stac::TileSet &tiles)
{
    Tiles all;
    tiles.for_each_run(
        [&](std::int64_t row, std::int64_t first, std::int64_t last)
        {
            for (std::int64_t col = first; col <= last; ++col)
            {
                all.emplace(row, col);
            }
        });
    return all;
}

const stac::TileMatrix &matrix_of(const stac::TileMatrixSet &grid, const std::string &id)
{
    return grid.matrices[static_cast<std::size_t>(grid.index_of(id).value())];
}

stac::TileMatrixSet mercator()
{
    return stac::TileMatrixSet::well_known("WebMercatorQuad").value();
}

/// Every tile that a transformed point of the rectangle lies in: a dense raster of points, tile by tile.
Tiles tiles_of_points(const stac::Bounds &rectangle, const char *crs, const stac::TileMatrixSet &grid,
                      const stac::TileMatrix &matrix)
{
    const OGRSpatialReference from = raster::spatial_reference(crs);
    const OGRSpatialReference to = raster::spatial_reference(grid.crs);
    const std::unique_ptr<OGRCoordinateTransformation> transformation(OGRCreateCoordinateTransformation(&from, &to));
    constexpr int kSteps = 1500;
    Tiles tiles;
    for (int i = 0; i <= kSteps; ++i)
    {
        for (int j = 0; j <= kSteps; ++j)
        {
            double x = rectangle.min_x + (rectangle.max_x - rectangle.min_x) * (i + 0.5) / (kSteps + 1);
            double y = rectangle.min_y + (rectangle.max_y - rectangle.min_y) * (j + 0.5) / (kSteps + 1);
            transformation->Transform(1, &x, &y);
            const double side = matrix.cell_size * matrix.tile_width;
            tiles.emplace(static_cast<std::int64_t>(std::floor((matrix.top() - y) / side)),
                          static_cast<std::int64_t>(std::floor((x - matrix.origin_x) / side)));
        }
    }
    return tiles;
}

} // namespace

TEST(ShapeTiles, ARectangleThatIsBentOnTheGridTouchesJustTheTilesItsPointsLieIn)
{
    const stac::TileMatrixSet grid = mercator();
    const stac::TileMatrix &matrix = matrix_of(grid, "9");
    for (const char *crs : {"EPSG:32633", "EPSG:3035", "EPSG:31467"})
    {
        const stac::Bounds rectangle = std::string(crs) == "EPSG:3035"    ? stac::Bounds{4e6, 2.7e6, 4.9e6, 3.4e6}
                                       : std::string(crs) == "EPSG:32633" ? stac::Bounds{3e5, 5.2e6, 7e5, 5.9e6}
                                                                          : stac::Bounds{3.4e6, 5.3e6, 3.7e6, 5.8e6};
        stac::TileSet tiles;
        ShapeTiles(raster::spatial_reference(crs), grid).add(rectangle, 0, matrix, matrix.range(), tiles);
        const Tiles expected = tiles_of_points(rectangle, crs, grid, matrix);
        const Tiles found = plain(tiles);
        for (const auto &tile : expected)
        {
            EXPECT_TRUE(found.count(tile)) << crs << " " << tile.first << "/" << tile.second;
        }
        // Slivers between the points may be found beside.
        EXPECT_LE(found.size(), expected.size() + expected.size() / 20) << crs;
    }
}

TEST(ShapeTiles, ARectangleInDegreesIsWhatTheMatrixSaysOfItsBounds)
{
    const stac::TileMatrixSet grid = mercator();
    const stac::TileMatrix &matrix = matrix_of(grid, "8");
    const auto crs84 = raster::spatial_reference("OGC:CRS84");
    const auto crs = raster::spatial_reference(grid.crs);
    std::mt19937 random(1);
    std::uniform_real_distribution<double> longitude(-179, 140);
    std::uniform_real_distribution<double> latitude(-80, 60);
    std::uniform_real_distribution<double> size(0.01, 20);
    const ShapeTiles shapes(crs84, grid);
    for (int i = 0; i < 200; ++i)
    {
        const double west = longitude(random);
        const double south = latitude(random);
        const stac::Bounds rectangle{west, south, west + size(random), south + size(random)};
        stac::TileSet tiles;
        shapes.add(rectangle, 0, matrix, matrix.range(), tiles);
        const stac::TileRange range = matrix.tiles_covering(raster::transform_bounds(rectangle, crs84, crs));
        EXPECT_TRUE(tiles.bounding() == range);
        EXPECT_EQ(tiles.count(), range.count());
    }
}

TEST(ShapeTiles, WhatLeavesTheWorldOnOneSideComesBackOnTheOther)
{
    const stac::TileMatrixSet grid = mercator();
    const stac::TileMatrix &matrix = matrix_of(grid, "4"); // 22.5 degrees a tile, 16 of them
    const ShapeTiles shapes(raster::spatial_reference("OGC:CRS84"), grid);
    for (const double turn : {0.0, -360.0})
    {
        stac::TileSet tiles;
        shapes.add({170 + turn, 1, 200 + turn, 2}, 0, matrix, matrix.range(), tiles);
        EXPECT_EQ(plain(tiles), (Tiles{{7, 15}, {7, 0}}));
    }
    stac::TileSet all;
    shapes.add({0, 1, 360, 2}, 0, matrix, matrix.range(), all);
    EXPECT_EQ(all.count(), 16);
    // UTM zone 1 begins at the antimeridian.
    stac::TileSet utm;
    ShapeTiles(raster::spatial_reference("EPSG:32601"), grid)
        .add({1.5e5, 1e5, 6e5, 2e5}, 0, matrix, matrix.range(), utm);
    EXPECT_EQ(plain(utm), (Tiles{{7, 15}, {7, 0}}));
}

TEST(ShapeTiles, ARectangleAroundAPoleTouchesAllTiles)
{
    const stac::TileMatrixSet grid = mercator();
    const stac::TileMatrix &matrix = matrix_of(grid, "3");
    stac::TileSet tiles;
    const stac::TileRange within{0, 2, 1, 6};
    ShapeTiles(raster::spatial_reference("EPSG:3413"), grid).add({-2e6, -2e6, 2e6, 2e6}, 0, matrix, within, tiles);
    EXPECT_TRUE(tiles.bounding() == within);
    EXPECT_EQ(tiles.count(), within.count());
}

TEST(ShapeTiles, APolygonTouchesTheTilesThatShareAnAreaWithIt)
{
    const stac::TileMatrixSet grid = stac::TileMatrixSet::well_known("WorldCRS84Quad").value();
    const stac::TileMatrix &matrix = matrix_of(grid, "6");
    const double side = matrix.cell_size * matrix.tile_width;
    OGRLinearRing ring;
    for (int i = 0; i < 40; ++i)
    {
        const double radius = i % 2 == 0 ? 30 : 12;
        ring.addPoint(10 + radius * std::cos(i * M_PI / 20), 5 + radius * std::sin(i * M_PI / 20));
    }
    ring.closeRings();
    OGRPolygon star;
    star.addRing(&ring);
    Tiles expected;
    for (std::int64_t row = 0; row < matrix.matrix_height; ++row)
    {
        for (std::int64_t col = 0; col < matrix.matrix_width; ++col)
        {
            // A hundredth of a pixel less than the tile.
            const double inset = matrix.cell_size / 100;
            const double x = -180 + static_cast<double>(col) * side + inset;
            const double y = 90 - static_cast<double>(row) * side - inset;
            const double inner = side - 2 * inset;
            OGRLinearRing edge;
            edge.addPoint(x, y);
            edge.addPoint(x + inner, y);
            edge.addPoint(x + inner, y - inner);
            edge.addPoint(x, y - inner);
            edge.closeRings();
            OGRPolygon square;
            square.addRing(&edge);
            if (square.Intersects(&star))
            {
                expected.emplace(row, col);
            }
        }
    }
    stac::TileSet tiles;
    ShapeTiles(raster::spatial_reference("OGC:CRS84"), grid).add(star, matrix, matrix.range(), tiles);
    EXPECT_GT(expected.size(), 100U);
    EXPECT_EQ(plain(tiles), expected);
}

TEST(ShapeTiles, RowsThatCountFromTheBottomAreTold)
{
    stac::TileMatrixSet grid = stac::TileMatrixSet::well_known("WorldCRS84Quad").value();
    stac::TileMatrix matrix = matrix_of(grid, "2"); // 45 degrees a tile
    matrix.origin_is_bottom_left = true;
    matrix.origin_y = -90;
    stac::TileSet tiles;
    const ShapeTiles shapes(raster::spatial_reference("OGC:CRS84"), grid);
    shapes.add({1, 50, 2, 51}, 0, matrix, matrix.range(), tiles);
    shapes.add({1, -80, 2, 10}, 0, matrix, {0, 1, 0, 7}, tiles);
    shapes.add_point(50, 89, matrix, matrix.range(), tiles);
    EXPECT_EQ(plain(tiles), (Tiles{{3, 4}, {0, 4}, {1, 4}, {3, 5}}));
}
