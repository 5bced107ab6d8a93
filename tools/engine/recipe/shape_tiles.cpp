#include "tools/engine/recipe/shape_tiles.h"

#include "driver/raster/crs/globe.h"
#include "driver/raster/crs/spatial_reference.h"
#include "driver/store/gdal_errors.h"
#include "stac/error.h"
#include "tools/engine/recipe/row_crossings.h"

#include <ogr_api.h>
#include <ogr_geometry.h>

#include <algorithm>
#include <cmath>

namespace tiledir::engine
{
namespace
{

constexpr double kFollowed = 0.25; ///< pixels
constexpr int kFewestPoints = 16;  ///< an edge
constexpr int kMostPoints = 4096;
/// Mercator shows less; farther towards the pole its northings grow without bound.
constexpr double kMostMercatorLatitude = 89.0 * M_PI / 180;

/// How far points between their neighbours lie off the straight line.
double largest_bend(const Ring &ring)
{
    double bend = 0;
    for (std::size_t i = 1; i + 1 < ring.x.size(); i += 2)
    {
        const double x = (ring.x[i - 1] + ring.x[i + 1]) / 2;
        const double y = (ring.y[i - 1] + ring.y[i + 1]) / 2;
        bend = std::max(bend, std::hypot(ring.x[i] - x, ring.y[i] - y));
    }
    return bend;
}

/// Calls with each number of whole turns that brings [left, right] onto [0, width].
template <class Visit> void for_each_turn(double left, double right, double width, double turn, const Visit &visit)
{
    if (!(turn > 0))
    {
        visit(0.0);
        return;
    }
    const double last = std::floor(right / turn);
    for (double count = std::ceil((left - width) / turn); count <= last; ++count)
    {
        visit(count * turn);
    }
}

OGRPolygon rectangle(const stac::Bounds &bounds)
{
    OGRLinearRing ring;
    ring.addPoint(bounds.min_x, bounds.min_y);
    ring.addPoint(bounds.max_x, bounds.min_y);
    ring.addPoint(bounds.max_x, bounds.max_y);
    ring.addPoint(bounds.min_x, bounds.max_y);
    ring.closeRings();
    OGRPolygon polygon;
    polygon.addRing(&ring);
    return polygon;
}

/// Goes down to the tiles that a shape touches.
class Descent
{
public:
    Descent(const OGRGeometry &shape, const stac::TileMatrix &matrix, double shift, stac::TileSet &into)
        : m_shape(OGRCreatePreparedGeometry(OGRGeometry::ToHandle(const_cast<OGRGeometry *>(&shape))))
        , m_matrix(matrix)
        , m_shift(shift)
        , m_into(into)
    {
        if (!m_shape)
        {
            throw InputError("region: this GDAL is built without GEOS, which polygons need");
        }
    }

    void visit(const stac::TileRange &range)
    {
        if (range.empty())
        {
            return;
        }
        stac::Bounds bounds = m_matrix.bounds(m_matrix.range_window(range));
        const double inset = kTouch * m_matrix.cell_size;
        bounds = {bounds.min_x + m_shift + inset, bounds.min_y + inset, bounds.max_x + m_shift - inset,
                  bounds.max_y - inset};
        OGRPolygon square = rectangle(bounds);
        if (!OGRPreparedGeometryIntersects(m_shape.get(), OGRGeometry::ToHandle(&square)))
        {
            return;
        }
        if (range.count() == 1 || OGRPreparedGeometryContains(m_shape.get(), OGRGeometry::ToHandle(&square)))
        {
            m_into.insert(range);
            return;
        }
        const std::int64_t row = range.min_row + (range.rows() - 1) / 2;
        const std::int64_t col = range.min_col + (range.cols() - 1) / 2;
        visit({range.min_row, row, range.min_col, col});
        visit({range.min_row, row, col + 1, range.max_col});
        visit({row + 1, range.max_row, range.min_col, col});
        visit({row + 1, range.max_row, col + 1, range.max_col});
    }

private:
    OGRPreparedGeometryUniquePtr m_shape;
    const stac::TileMatrix &m_matrix;
    double m_shift;
    stac::TileSet &m_into;
};

/// One edge after the other, each `count` points and its end.
void add_edge(double x1, double y1, double x2, double y2, int count, std::vector<double> &x, std::vector<double> &y)
{
    for (int i = 0; i < count; ++i)
    {
        x.push_back(x1 + (x2 - x1) * i / count);
        y.push_back(y1 + (y2 - y1) * i / count);
    }
}

} // namespace

ShapeTiles::ShapeTiles(const OGRSpatialReference &from, const stac::TileMatrixSet &grid)
{
    const OGRSpatialReference to = raster::spatial_reference(grid.crs);
    m_name = to.GetName() != nullptr ? to.GetName() : grid.id;
    const bool is_geographic = from.IsGeographic() != 0;
    m_turn = is_geographic ? raster::turn_of(from) : 0;
    m_turn_on_grid = raster::turn_of(to);
    constexpr double kLongestDegrees = 0.1;
    m_longest = is_geographic ? m_turn / 360 * kLongestDegrees : 0;
    if (raster::same_crs(from, to))
    {
        return;
    }
    const store::GdalErrors errors;
    m_transformation.reset(OGRCreateCoordinateTransformation(&from, &to));
    if (!m_transformation)
    {
        throw InputError(std::string("'") + from.GetName() + "' cannot be brought to '" + m_name +
                         "': " + errors.cause("unknown cause"));
    }
    if (is_geographic && raster::is_mercator(to))
    {
        m_most_latitude = kMostMercatorLatitude / from.GetAngularUnits();
    }
}

ShapeTiles::~ShapeTiles() = default;

/// To the grid's CRS, x running on over the ends of its world. False where a point is not known there.
bool ShapeTiles::project(Points &points) const
{
    if (!m_transformation)
    {
        return true;
    }
    const std::vector<double> before = points.x;
    const store::GdalErrors errors;
    std::vector<int> success(points.x.size());
    m_transformation->Transform(static_cast<int>(points.x.size()), points.x.data(), points.y.data(), nullptr, nullptr,
                                success.data());
    for (std::size_t i = 0; i < success.size(); ++i)
    {
        if (!success[i] || !std::isfinite(points.x[i]) || !std::isfinite(points.y[i]))
        {
            return false;
        }
        if (m_turn_on_grid == 0)
        {
            continue;
        }
        // Where longitude tells the place, else the point before.
        const double expected = m_turn > 0 ? before[i] / m_turn * m_turn_on_grid
                                : i > 0    ? points.x[i - 1]
                                           : points.x[i];
        points.x[i] += std::round((expected - points.x[i]) / m_turn_on_grid) * m_turn_on_grid;
    }
    return true;
}

stac::Bounds ShapeTiles::known(stac::Bounds rectangle) const
{
    if (m_most_latitude > 0)
    {
        rectangle.min_y = std::clamp(rectangle.min_y, -m_most_latitude, m_most_latitude);
        rectangle.max_y = std::clamp(rectangle.max_y, -m_most_latitude, m_most_latitude);
    }
    return rectangle;
}

void ShapeTiles::add(const stac::Bounds &rectangle, double margin, const stac::TileMatrix &matrix,
                     const stac::TileRange &within, stac::TileSet &into) const
{
    const stac::Bounds box = known(rectangle);
    for (int count = kFewestPoints; count <= kMostPoints; count *= 4)
    {
        const int points_an_edge = m_transformation ? count : 1;
        Points points;
        add_edge(box.min_x, box.min_y, box.max_x, box.min_y, points_an_edge, points.x, points.y);
        add_edge(box.max_x, box.min_y, box.max_x, box.max_y, points_an_edge, points.x, points.y);
        add_edge(box.max_x, box.max_y, box.min_x, box.max_y, points_an_edge, points.x, points.y);
        add_edge(box.min_x, box.max_y, box.min_x, box.min_y, points_an_edge, points.x, points.y);
        points.x.push_back(box.min_x);
        points.y.push_back(box.min_y);
        // Not closed: it went around a pole.
        if (!project(points) ||
            (m_turn_on_grid > 0 && std::abs(points.x.front() - points.x.back()) > m_turn_on_grid / 2))
        {
            into.insert(stac::TileSet(within));
            return;
        }
        Ring ring{std::move(points.x), std::move(points.y)};
        for (std::size_t i = 0; i < ring.x.size(); ++i)
        {
            ring.x[i] = (ring.x[i] - matrix.origin_x) / matrix.cell_size;
            ring.y[i] = (matrix.top() - ring.y[i]) / matrix.cell_size;
        }
        // Twice as many points leave a quarter of the bend.
        if (!m_transformation || largest_bend(ring) < 4 * kFollowed || count == kMostPoints)
        {
            const RowCrossings crossings(matrix, within, ring, margin);
            const auto [left, right] = std::minmax_element(ring.x.begin(), ring.x.end());
            for_each_turn(*left - margin, *right + margin, static_cast<double>(matrix.window().width),
                          m_turn_on_grid / matrix.cell_size, [&](double shift) { crossings.add_tiles(shift, into); });
            return;
        }
    }
}

std::unique_ptr<OGRPolygon> ShapeTiles::projected(const OGRPolygon &polygon) const
{
    std::unique_ptr<OGRPolygon> result(polygon.clone());
    if (!m_transformation)
    {
        return result;
    }
    OGREnvelope envelope;
    result->getEnvelope(&envelope);
    constexpr int kPiecesAnEdge = 1024;
    const double piece = std::max(envelope.MaxX - envelope.MinX, envelope.MaxY - envelope.MinY) / kPiecesAnEdge;
    result->segmentize(m_longest > 0 ? std::min(piece, m_longest) : piece);
    double outer_x = 0;
    for (int i = 0; i <= result->getNumInteriorRings(); ++i)
    {
        OGRLinearRing *ring = i == 0 ? result->getExteriorRing() : result->getInteriorRing(i - 1);
        Points points;
        for (int point = 0; point < ring->getNumPoints(); ++point)
        {
            points.x.push_back(ring->getX(point));
            points.y.push_back(ring->getY(point));
        }
        if (!project(points))
        {
            throw InputError("reaches beyond where '" + m_name + "' is defined");
        }
        if (i == 0)
        {
            outer_x = points.x.front();
        }
        const double shift =
            m_turn_on_grid > 0 ? std::round((outer_x - points.x.front()) / m_turn_on_grid) * m_turn_on_grid : 0;
        for (int point = 0; point < ring->getNumPoints(); ++point)
        {
            const auto at = static_cast<std::size_t>(point);
            ring->setPoint(point, points.x[at] + (m_turn > 0 ? 0 : shift), points.y[at]);
        }
    }
    return result;
}

void ShapeTiles::add(const OGRPolygon &polygon, const stac::TileMatrix &matrix, const stac::TileRange &within,
                     stac::TileSet &into) const
{
    OGREnvelope envelope;
    polygon.getEnvelope(&envelope);
    if (m_most_latitude > 0 && (envelope.MaxY > m_most_latitude || envelope.MinY < -m_most_latitude))
    {
        const OGRPolygon band = rectangle({envelope.MinX - 1, -m_most_latitude, envelope.MaxX + 1, m_most_latitude});
        const std::unique_ptr<OGRGeometry> inside(polygon.Intersection(&band));
        if (!inside || inside->IsEmpty())
        {
            return;
        }
        OGRGeometryCollection parts;
        const bool is_one = wkbFlatten(inside->getGeometryType()) == wkbPolygon;
        for (const OGRGeometry *part :
             *(is_one ? (parts.addGeometry(inside.get()), &parts) : inside->toGeometryCollection()))
        {
            if (wkbFlatten(part->getGeometryType()) == wkbPolygon)
            {
                add(*part->toPolygon(), matrix, within, into);
            }
        }
        return;
    }
    const std::unique_ptr<OGRPolygon> shape = projected(polygon);
    shape->getEnvelope(&envelope);
    const stac::Bounds world = matrix.bounds(matrix.window());
    for_each_turn(
        envelope.MinX - world.min_x, envelope.MaxX - world.min_x, world.max_x - world.min_x, m_turn_on_grid,
        [&](double shift)
        {
            Descent descent(*shape, matrix, shift, into);
            const stac::Bounds bounds{envelope.MinX - shift, envelope.MinY, envelope.MaxX - shift, envelope.MaxY};
            descent.visit(matrix.tiles_covering(bounds).intersection(within).value_or(stac::TileRange{}));
        });
}

void ShapeTiles::add_point(double x, double y, const stac::TileMatrix &matrix, const stac::TileRange &within,
                           stac::TileSet &into) const
{
    Points points{{x}, {y}};
    if (!project(points))
    {
        return;
    }
    const stac::Bounds world = matrix.bounds(matrix.window());
    double east = points.x.front() - world.min_x;
    if (m_turn_on_grid > 0)
    {
        east -= std::floor(east / m_turn_on_grid) * m_turn_on_grid;
    }
    const double south = world.max_y - points.y.front();
    const auto on_grid = [](double pixels, std::int64_t size)
    { return pixels >= 0 && pixels < static_cast<double>(size); };
    const stac::PixelWindow all = matrix.window();
    if (!on_grid(east / matrix.cell_size, all.width) || !on_grid(south / matrix.cell_size, all.height))
    {
        return;
    }
    const stac::TileRange tile = matrix.tiles_of({static_cast<std::int64_t>(east / matrix.cell_size),
                                                  static_cast<std::int64_t>(south / matrix.cell_size), 1, 1});
    if (within.contains(tile.min_row, tile.min_col))
    {
        into.insert(tile.min_row, tile.min_col, tile.max_col);
    }
}

} // namespace tiledir::engine
