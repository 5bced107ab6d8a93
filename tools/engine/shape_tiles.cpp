#include "tools/engine/shape_tiles.h"

#include "driver/raster/spatial_reference.h"
#include "driver/store/gdal_errors.h"
#include "stac/error.h"

#include <ogr_api.h>
#include <ogr_geometry.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace tiledir::engine
{
namespace
{

/// What stac::TileMatrix::tiles_covering() leaves out, in pixels.
constexpr double kSnap = 0.01;
constexpr double kFollowed = 0.25; ///< pixels
constexpr int kFewestPoints = 16;  ///< an edge
constexpr int kMostPoints = 4096;
/// Mercator shows less; farther towards the pole its northings grow without bound.
constexpr double kMostMercatorLatitude = 89.0 * M_PI / 180;

/// Closed, in pixels of a matrix.
struct Ring
{
    std::vector<double> x;
    std::vector<double> y;
};

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

/// Columns of pixels between which a band of rows is crossed.
struct Crossing
{
    double left = std::numeric_limits<double>::infinity();
    double right = -std::numeric_limits<double>::infinity();

    void add(double x)
    {
        left = std::min(left, x);
        right = std::max(right, x);
    }
};

class RowCrossings
{
public:
    RowCrossings(const stac::TileMatrix &matrix, const stac::TileRange &within, const Ring &ring, double margin)
        : m_height(matrix.tile_height)
        , m_margin(margin)
        , m_within(within)
    {
        const auto [top, bottom] = std::minmax_element(ring.y.begin(), ring.y.end());
        const std::int64_t first_row = matrix.origin_is_bottom_left ? within.max_row : within.min_row;
        const std::int64_t last_row = matrix.origin_is_bottom_left ? within.min_row : within.max_row;
        m_first = std::max(row_of(*top - margin + kSnap, matrix), from_top(first_row, matrix));
        const std::int64_t last = std::min(row_of(*bottom + margin - kSnap, matrix), from_top(last_row, matrix));
        m_crossings.resize(static_cast<std::size_t>(std::max<std::int64_t>(0, last - m_first + 1)));
        for (std::size_t i = 1; i < ring.x.size() && !m_crossings.empty(); ++i)
        {
            add_segment(matrix, ring.x[i - 1], ring.y[i - 1], ring.x[i], ring.y[i]);
        }
    }

    /// Tiles of the matrix `shift` pixels to the left of the ring.
    void add_tiles(const stac::TileMatrix &matrix, double shift, stac::TileSet &into) const
    {
        stac::TileRange range; // rows that have the same columns
        const auto add = [&]
        {
            const std::int64_t first = from_top(range.min_row, matrix);
            const std::int64_t last = from_top(range.max_row, matrix);
            into.insert(stac::TileRange{std::min(first, last), std::max(first, last), range.min_col, range.max_col});
        };
        for (std::size_t i = 0; i < m_crossings.size(); ++i)
        {
            const stac::TileRange row = columns(matrix, i, shift);
            if (!range.empty() && (row.min_col != range.min_col || row.max_col != range.max_col))
            {
                add();
                range = {};
            }
            if (range.empty())
            {
                range = row;
            }
            range.max_row = row.max_row;
        }
        if (!range.empty())
        {
            add();
        }
    }

private:
    /// Columns of a row, which is counted from the top.
    stac::TileRange columns(const stac::TileMatrix &matrix, std::size_t index, double shift) const
    {
        const auto width = static_cast<double>(matrix.window().width);
        const double left = std::max(0.0, m_crossings[index].left - m_margin - shift + kSnap);
        const double right = std::min(width, m_crossings[index].right + m_margin - shift - kSnap);
        if (!(left < right))
        {
            return {};
        }
        const std::int64_t row = m_first + static_cast<std::int64_t>(index);
        return {row, row, std::max(static_cast<std::int64_t>(left / matrix.tile_width), m_within.min_col),
                std::min(static_cast<std::int64_t>(std::ceil(right / matrix.tile_width)) - 1, m_within.max_col)};
    }

    /// Rows counted from the top for tile rows, and the other way round.
    static std::int64_t from_top(std::int64_t row, const stac::TileMatrix &matrix)
    {
        return matrix.origin_is_bottom_left ? matrix.matrix_height - 1 - row : row;
    }

    static std::int64_t row_of(double y, const stac::TileMatrix &matrix)
    {
        const double row = std::floor(y / matrix.tile_height);
        return static_cast<std::int64_t>(std::clamp(row, -1.0, static_cast<double>(matrix.matrix_height)));
    }

    void add_segment(const stac::TileMatrix &matrix, double x1, double y1, double x2, double y2)
    {
        if (y1 > y2)
        {
            std::swap(x1, x2);
            std::swap(y1, y2);
        }
        const std::int64_t end = m_first + static_cast<std::int64_t>(m_crossings.size());
        const std::int64_t last = std::min(end - 1, row_of(y2 + m_margin, matrix));
        for (std::int64_t row = std::max(m_first, row_of(y1 - m_margin, matrix)); row <= last; ++row)
        {
            const double top = std::max(y1, static_cast<double>(row) * m_height - m_margin);
            const double bottom = std::min(y2, static_cast<double>(row + 1) * m_height + m_margin);
            if (top > bottom)
            {
                continue;
            }
            const double slope = y2 > y1 ? (x2 - x1) / (y2 - y1) : 0;
            Crossing &crossing = m_crossings[static_cast<std::size_t>(row - m_first)];
            crossing.add(top > y1 ? x1 + (top - y1) * slope : x1);
            crossing.add(bottom < y2 ? x1 + (bottom - y1) * slope : x2);
        }
    }

    double m_height;
    double m_margin;
    stac::TileRange m_within;
    std::int64_t m_first = 0;
    std::vector<Crossing> m_crossings;
};

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
        const double inset = kSnap * m_matrix.cell_size;
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

/// x of a whole turn around the globe; 0 where that has no meaning.
double turn_of(const OGRSpatialReference &crs)
{
    if (crs.IsGeographic())
    {
        return 2 * M_PI / crs.GetAngularUnits();
    }
    if (!raster::is_mercator(crs))
    {
        return 0;
    }
    const std::unique_ptr<OGRSpatialReference> geographic(crs.CloneGeogCS());
    geographic->SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    const std::unique_ptr<OGRCoordinateTransformation> to_map(
        OGRCreateCoordinateTransformation(geographic.get(), &crs));
    std::array<double, 2> x{0, 1};
    std::array<double, 2> y{0, 0};
    const bool done = to_map && to_map->Transform(2, x.data(), y.data());
    return done ? (x[1] - x[0]) * 2 * M_PI / geographic->GetAngularUnits() : 0;
}

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
    m_from_geographic = from.IsGeographic() != 0;
    m_turn = m_from_geographic ? turn_of(from) : 0;
    m_turn_on_grid = turn_of(to);
    constexpr double kLongestDegrees = 0.1;
    m_longest = m_from_geographic ? m_turn / 360 * kLongestDegrees : 0;
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
    if (m_from_geographic && raster::is_mercator(to))
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
                          m_turn_on_grid / matrix.cell_size,
                          [&](double shift) { crossings.add_tiles(matrix, shift, into); });
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
