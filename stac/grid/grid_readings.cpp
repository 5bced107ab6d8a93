#include "stac/grid/grid_readings.h"

#include "stac/grid/crs_name.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tiledir::stac
{

namespace
{

constexpr double kContradiction = 0.1; // OGC's own CanadianNAD83_LCC has a pixel of its own, 6% off
constexpr double kSame = 1e-6;
constexpr double kPole = 90 + kSame; // degrees
constexpr double kLargestCell = 180; // degrees

bool differ(double one, double other, double tolerance)
{
    return std::abs(one - other) > tolerance * std::abs(other);
}

/// Factors of the cell size, beside 1, that writers of scale denominators have been seen to be off by.
std::vector<double> likely_scales(const TileMatrixSet &set)
{
    const TileMatrix &finest = set.matrices.back();
    std::vector<double> scales;
    if (set.doubt->has_cell_sizes)
    {
        scales.push_back(finest.scale_denominator * kStandardPixel / set.metres_per_unit / finest.cell_size);
        return differ(scales.front(), 1, kContradiction) ? scales : std::vector<double>();
    }
    for (const double size : {256.0, 512.0})
    {
        if (size < finest.tile_width)
        {
            scales.push_back(size / finest.tile_width);
        }
    }
    if (differ(set.metres_per_unit, 1, kSame))
    {
        scales.push_back(set.metres_per_unit);
    }
    return scales;
}

TileMatrixSet scaled(TileMatrixSet set, double scale)
{
    for (TileMatrix &matrix : set.matrices)
    {
        matrix.cell_size *= scale;
        matrix.scale_denominator = matrix.cell_size * set.metres_per_unit / kStandardPixel;
    }
    return set;
}

TileMatrixSet exchanged(TileMatrixSet set)
{
    for (TileMatrix &matrix : set.matrices)
    {
        std::swap(matrix.origin_x, matrix.origin_y);
    }
    return set;
}

/// Whether cells are no larger than the Earth. Corners that were exchanged have to lie between the poles; as they were
/// written they may lie beyond: GoogleCRS84Quad begins at 180 degrees north.
bool has_sense(const TileMatrixSet &set, bool exchanged)
{
    const bool geographic = is_geographic_crs(set.crs);
    const auto on_earth = [exchanged](const TileMatrix &matrix)
    { return (!exchanged || std::abs(matrix.top()) <= kPole) && matrix.cell_size <= kLargestCell; };
    return std::all_of(set.matrices.begin(), set.matrices.end(),
                       [&](const TileMatrix &matrix)
                       { return matrix.is_measurable() && (!geographic || on_earth(matrix)); });
}

} // namespace

std::vector<GridReading> grid_readings(const TileMatrixSet &set)
{
    std::vector<GridReading> readings{{set, 1}};
    if (!set.doubt || set.matrices.empty())
    {
        return readings;
    }
    std::vector<double> scales = likely_scales(set);
    scales.insert(scales.begin(), 1);
    for (const bool exchange : {false, true})
    {
        for (const double scale : scales)
        {
            GridReading reading{scaled(set, scale), scale};
            reading.grid = exchange ? exchanged(std::move(reading.grid)) : std::move(reading.grid);
            const bool is_first = !exchange && scale == 1;
            if (!is_first && (set.doubt->axes || !exchange) && has_sense(reading.grid, exchange))
            {
                readings.push_back(std::move(reading));
            }
        }
    }
    return readings;
}

} // namespace tiledir::stac
