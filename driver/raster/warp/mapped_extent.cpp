#include "driver/raster/warp/mapped_extent.h"

#include "driver/raster/crs/globe.h"
#include "driver/raster/crs/spatial_reference.h"
#include "driver/store/gdal_errors.h"
#include "stac/error.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tiledir::raster
{

namespace
{

constexpr int kSide = 65; ///< points along each side of the raster
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

double middle_of(std::vector<double> values)
{
    if (values.empty())
    {
        return kUnknown;
    }
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

std::size_t at(int col, int row)
{
    return static_cast<std::size_t>(row) * kSide + static_cast<std::size_t>(col);
}

} // namespace

std::unique_ptr<OGRCoordinateTransformation> transformation(const OGRSpatialReference &from,
                                                            const OGRSpatialReference &to)
{
    const store::GdalErrors errors;
    std::unique_ptr<OGRCoordinateTransformation> result(OGRCreateCoordinateTransformation(&from, &to));
    if (!result)
    {
        throw InputError(std::string("input: '") + from.GetName() + "' cannot be brought to '" + to.GetName() +
                         "': " + errors.cause("unknown cause"));
    }
    return result;
}

MappedExtent::MappedExtent(const Extent &extent, const OGRSpatialReference &from, const OGRSpatialReference &to)
    : m_extent(extent)
    , m_mercator(is_mercator(to))
    , m_turn(turn_of(to))
    , m_from(from)
    , m_to(to)
{
    if (!(m_turn > 0))
    {
        return;
    }
    m_to_grid = transformation(from, to);
    m_degrees.reset(to.CloneGeogCS());
    m_degrees->SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    m_poles = poles_within();
    m_place = !m_poles.empty() ? Place::Pole : jumps() ? Place::Across : Place::Plain;
}

MappedExtent::Points MappedExtent::mapped(const std::vector<double> &cols, const std::vector<double> &rows) const
{
    const auto &values = m_extent.geotransform;
    Points points;
    for (std::size_t i = 0; i < cols.size(); ++i)
    {
        points.x.push_back(values[0] + values[1] * cols[i]);
        points.y.push_back(values[3] + values[5] * rows[i]);
    }
    const store::GdalErrors errors;
    std::vector<int> success(points.x.size());
    m_to_grid->Transform(static_cast<int>(points.x.size()), points.x.data(), points.y.data(), nullptr, nullptr,
                         success.data());
    // Around a pole, what Mercator does not show says nothing of what it does.
    const bool is_cut = m_mercator && m_place == Place::Pole;
    const double most = is_cut ? m_turn / 2 * (1 + 1e-9) : std::numeric_limits<double>::max();
    for (std::size_t i = 0; i < success.size(); ++i)
    {
        if (!success[i] || !std::isfinite(points.x[i]) || !(std::abs(points.y[i]) <= most))
        {
            points.x[i] = kUnknown;
            points.y[i] = kUnknown;
        }
    }
    return points;
}

MappedExtent::Points MappedExtent::lattice() const
{
    std::vector<double> cols;
    std::vector<double> rows;
    for (int row = 0; row < kSide; ++row)
    {
        for (int col = 0; col < kSide; ++col)
        {
            cols.push_back(static_cast<double>(m_extent.width) * col / (kSide - 1));
            rows.push_back(static_cast<double>(m_extent.height) * row / (kSide - 1));
        }
    }
    return mapped(cols, rows);
}

/// None where a pole is a line of the raster's own plane, and not a point.
std::vector<double> MappedExtent::poles_within() const
{
    std::vector<double> found;
    if (is_cylindrical(m_from))
    {
        return found;
    }
    const store::GdalErrors errors;
    const auto to_raster = transformation(*m_degrees, m_from);
    const double quarter = M_PI / 2 / m_degrees->GetAngularUnits();
    for (const double latitude : {-quarter, quarter})
    {
        double x = 0;
        double y = latitude;
        int success = 0;
        to_raster->Transform(1, &x, &y, nullptr, nullptr, &success);
        const double col = (x - m_extent.geotransform[0]) / m_extent.geotransform[1];
        const double row = (y - m_extent.geotransform[3]) / m_extent.geotransform[5];
        if (success && col > 0.5 && col < m_extent.width - 0.5 && row > 0.5 && row < m_extent.height - 0.5)
        {
            found.push_back(latitude);
        }
    }
    return found;
}

/// All around the world, up to the poles or to what Mercator shows.
void MappedExtent::add_poles(stac::Bounds &bounds) const
{
    bounds.max_x = bounds.min_x + m_turn;
    const auto to_grid = transformation(*m_degrees, m_to);
    for (const double latitude : m_poles)
    {
        double x = 0;
        double y = m_mercator ? std::copysign(kMercatorLatitude, latitude) : latitude;
        if (to_grid->Transform(1, &x, &y))
        {
            bounds.min_y = std::min(bounds.min_y, y);
            bounds.max_y = std::max(bounds.max_y, y);
        }
    }
}

bool MappedExtent::jumps() const
{
    const Points points = lattice();
    const auto jump = [&](std::size_t one, std::size_t other)
    { return std::abs(points.x[one] - points.x[other]) > m_turn / 2; };
    for (int row = 0; row < kSide; ++row)
    {
        for (int col = 0; col < kSide; ++col)
        {
            if ((col > 0 && jump(at(col - 1, row), at(col, row))) || (row > 0 && jump(at(col, row - 1), at(col, row))))
            {
                return true;
            }
        }
    }
    return false;
}

/// As many whole turns away as bring it nearest.
double MappedExtent::near_to(double x, double other) const
{
    return std::isnan(x) || std::isnan(other) ? x : x + std::round((other - x) / m_turn) * m_turn;
}

/// From the middle row up and down, and along each row from its middle.
MappedExtent::Points MappedExtent::run_on(Points points) const
{
    constexpr int kMiddle = kSide / 2;
    double before = points.x[at(kMiddle, kMiddle)];
    const auto follow = [&](int col, int row)
    {
        double &x = points.x[at(col, row)];
        x = near_to(x, before);
        before = std::isnan(x) ? before : x;
    };
    const auto follow_column = [&](int col)
    {
        for (const int step : {-1, 1})
        {
            before = points.x[at(col, kMiddle)];
            for (int row = kMiddle + step; row >= 0 && row < kSide; row += step)
            {
                follow(col, row);
            }
        }
    };
    for (const int step : {-1, 1})
    {
        before = points.x[at(kMiddle, kMiddle)];
        for (int col = kMiddle + step; col >= 0 && col < kSide; col += step)
        {
            follow(col, kMiddle);
        }
    }
    for (int col = 0; col < kSide; ++col)
    {
        follow_column(col);
    }
    return points;
}

SuggestedOutput MappedExtent::suggested() const
{
    Points points = lattice();
    if (m_place == Place::Across)
    {
        points = run_on(std::move(points));
    }
    constexpr double kMost = std::numeric_limits<double>::max();
    SuggestedOutput output{0, {kMost, kMost, -kMost, -kMost}};
    stac::Bounds &bounds = output.bounds;
    for (std::size_t i = 0; i < points.x.size(); ++i)
    {
        if (!std::isnan(points.x[i]))
        {
            bounds = {std::min(bounds.min_x, points.x[i]), std::min(bounds.min_y, points.y[i]),
                      std::max(bounds.max_x, points.x[i]), std::max(bounds.max_y, points.y[i])};
        }
    }
    if (m_place == Place::Pole)
    {
        add_poles(bounds);
        std::vector<double> sizes;
        for (const KernelScale &cell : cells())
        {
            sizes.push_back(std::hypot(cell.x, cell.y) / std::sqrt(2.0));
        }
        output.cell_size = middle_of(std::move(sizes));
        return output;
    }
    double width = points.x.back() - points.x.front();
    double height = points.y.back() - points.y.front();
    if (!(std::abs(width) > 0 && std::abs(height) > 0))
    {
        width = bounds.max_x - bounds.min_x;
        height = bounds.max_y - bounds.min_y;
    }
    output.cell_size = std::hypot(width, height) / std::hypot(m_extent.width, m_extent.height);
    return output;
}

KernelScale MappedExtent::cell_at(double col, double row) const
{
    const Points points = mapped({col, col - 0.5, col + 0.5, col, col}, {row, row, row, row - 0.5, row + 0.5});
    const auto length = [&](std::size_t first, std::size_t last)
    {
        const double x = near_to(points.x[last], points.x[0]) - near_to(points.x[first], points.x[0]);
        return std::hypot(x, points.y[last] - points.y[first]);
    };
    return {length(1, 2), length(3, 4)};
}

std::vector<KernelScale> MappedExtent::cells() const
{
    constexpr int kCells = 33;
    std::vector<KernelScale> found;
    for (int row = 0; row < kCells; ++row)
    {
        for (int col = 0; col < kCells; ++col)
        {
            const KernelScale cell =
                cell_at(m_extent.width * (col + 0.5) / kCells, m_extent.height * (row + 0.5) / kCells);
            if (std::isfinite(cell.x) && std::isfinite(cell.y))
            {
                found.push_back(cell);
            }
        }
    }
    return found;
}

KernelScale MappedExtent::cell() const
{
    if (m_place != Place::Pole)
    {
        return cell_at(m_extent.width / 2.0, m_extent.height / 2.0);
    }
    std::vector<double> widths;
    std::vector<double> heights;
    for (const KernelScale &each : cells())
    {
        widths.push_back(each.x);
        heights.push_back(each.y);
    }
    return {middle_of(std::move(widths)), middle_of(std::move(heights))};
}

} // namespace tiledir::raster
