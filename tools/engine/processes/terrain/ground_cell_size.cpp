#include "tools/engine/processes/terrain/ground_cell_size.h"

#include "driver/raster/crs/spatial_reference.h"
#include "stac/error.h"

#include <algorithm>
#include <cmath>

namespace tiledir::engine
{
namespace
{

constexpr std::int64_t kLongestStrip = 512;
constexpr double kLargestChange = 0.002;
constexpr double kDegree = M_PI / 180;

/// The formulas of EPSG method 1024 are those of a sphere whatever the ellipsoid.
bool is_pseudo_mercator(const OGRSpatialReference &crs)
{
    const char *projection = crs.GetAttrValue("PROJECTION");
    const char *method = crs.GetExtension("PROJCS", "PROJ4", "");
    return projection != nullptr && (EQUAL(projection, SRS_PT_MERCATOR_AUXILIARY_SPHERE) ||
                                     std::string(method).find("+nadgrids=@null") != std::string::npos);
}

} // namespace

/// Latitudes and radii of curvature of a geographic or Mercator CRS.
class GroundCellSize::Latitudes
{
public:
    explicit Latitudes(const OGRSpatialReference &crs)
        : m_geographic(crs.IsGeographic())
        , m_spherical(is_pseudo_mercator(crs))
        , m_semi_major(crs.GetSemiMajor())
        , m_unit(m_geographic ? crs.GetAngularUnits() : crs.GetLinearUnits())
    {
        const double flattening = crs.GetInvFlattening() == 0 ? 0 : 1 / crs.GetInvFlattening();
        m_squared_eccentricity = flattening * (2 - flattening);
        if (!m_geographic)
        {
            // The equator's radius in the map's own units, so that a standard parallel (scale factor) counts.
            OGRSpatialReference geographic;
            geographic.CopyGeogCSFrom(&crs);
            geographic.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
            const std::unique_ptr<OGRCoordinateTransformation> to_map(
                OGRCreateCoordinateTransformation(&geographic, &crs));
            double x[] = {0, 1};
            double y[] = {0, 0};
            if (!to_map || !to_map->Transform(2, x, y))
            {
                throw InputError("grid.tile_matrix_set: latitudes of its CRS cannot be computed");
            }
            m_equator = (x[1] - x[0]) / kDegree;
            m_northing = y[0];
        }
    }

    bool is_geographic() const { return m_geographic; }

    /// Radians. Eccentric latitudes of the ellipsoidal Mercator by Snyder's 7-9, iterated to machine precision.
    double latitude(double y) const
    {
        if (m_geographic)
        {
            return y * m_unit;
        }
        const double t = std::exp(-(y - m_northing) / m_equator);
        double latitude = M_PI / 2 - 2 * std::atan(t);
        const double eccentricity = m_spherical ? 0 : std::sqrt(m_squared_eccentricity);
        for (int i = 0; eccentricity > 0 && i < 12; ++i)
        {
            const double sine = eccentricity * std::sin(latitude);
            latitude = M_PI / 2 - 2 * std::atan(t * std::pow((1 - sine) / (1 + sine), eccentricity / 2));
        }
        return latitude;
    }

    /// Metres of a cell of `size` CRS units.
    Cell cell(double latitude, double size) const
    {
        const double sine = std::sin(latitude);
        const double root = std::sqrt(1 - m_squared_eccentricity * sine * sine);
        const double n = m_semi_major / root;
        const double m = m_semi_major * (1 - m_squared_eccentricity) / (root * root * root);
        if (m_geographic)
        {
            return {n * std::cos(latitude) * size * m_unit, m * size * m_unit};
        }
        const double width = n * std::cos(latitude) * size / m_equator;
        return {width, m_spherical ? width * m / n : width};
    }

private:
    bool m_geographic;
    bool m_spherical;
    double m_semi_major; ///< metres
    double m_squared_eccentricity = 0;
    double m_unit;         ///< radians or metres a CRS unit
    double m_equator = 1;  ///< CRS units a radian of longitude
    double m_northing = 0; ///< y of the equator
};

GroundCellSize::GroundCellSize(const std::string &grid_crs)
{
    const OGRSpatialReference crs = raster::spatial_reference(grid_crs);
    if (crs.IsGeographic() || raster::is_mercator(crs))
    {
        m_latitudes = std::make_unique<Latitudes>(crs);
    }
    else if (crs.IsProjected())
    {
        m_linear_unit = crs.GetLinearUnits();
    }
    else
    {
        throw InputError("parameters.scale: auto needs a geographic or projected grid; give a number");
    }
}

GroundCellSize::~GroundCellSize() = default;

GroundCellSize::Cell GroundCellSize::cell_at(const stac::TileMatrix &matrix, double row) const
{
    double y = matrix.top() - row * matrix.cell_size;
    if (m_latitudes->is_geographic())
    {
        const double off_pole = 90 - matrix.cell_size / 2;
        y = std::clamp(y, -off_pole, off_pole);
    }
    return m_latitudes->cell(m_latitudes->latitude(y), matrix.cell_size);
}

GroundStrip GroundCellSize::strip_of(const stac::TileMatrix &matrix, std::int64_t row) const
{
    if (!m_latitudes)
    {
        const double size = matrix.cell_size * m_linear_unit;
        return {0, matrix.window().height, size, size};
    }
    const auto changes = [](double from, double to)
    { return std::fabs(from - to) >= kLargestChange * std::min(std::fabs(from), std::fabs(to)); };
    GroundStrip strip{row, 1, 0, 0};
    for (std::int64_t rows = 2; rows <= kLongestStrip; rows *= 2)
    {
        const std::int64_t first = row - (rows + row % rows) % rows;
        const Cell top = cell_at(matrix, static_cast<double>(first));
        const Cell bottom = cell_at(matrix, static_cast<double>(first + rows));
        if (changes(top.width, bottom.width) || changes(top.height, bottom.height))
        {
            break;
        }
        strip.first_row = first;
        strip.rows = rows;
    }
    // The middle row's latitude: of the two in the middle of an even number the edge between them.
    const Cell middle = cell_at(matrix, static_cast<double>(strip.first_row) + static_cast<double>(strip.rows) / 2);
    strip.cell_width = middle.width;
    strip.cell_height = middle.height;
    return strip;
}

} // namespace tiledir::engine
