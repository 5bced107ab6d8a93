#include "driver/raster/crs/globe.h"

#include "driver/raster/crs/spatial_reference.h"
#include "driver/store/gdal_errors.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <utility>

namespace tiledir::raster
{

namespace
{

bool is_flat_cylinder(const OGRSpatialReference &crs)
{
    const char *projection = crs.GetAttrValue("PROJECTION");
    return is_mercator(crs) || (projection != nullptr && (EQUAL(projection, SRS_PT_EQUIRECTANGULAR) ||
                                                          EQUAL(projection, SRS_PT_CYLINDRICAL_EQUAL_AREA)));
}

/// The least box around all: its outside is the widest gap between them.
std::vector<double> around_all(std::vector<std::vector<double>> boxes)
{
    constexpr double kTurn = 360;
    for (std::vector<double> &box : boxes)
    {
        box[2] += box[2] < box[0] ? kTurn : 0;
    }
    std::sort(boxes.begin(), boxes.end());
    std::vector<double> all = boxes.front();
    double reach = all[2];
    double widest = 0;
    const auto look_at = [&](double west)
    {
        if (west - reach > widest)
        {
            widest = west - reach;
            all[0] = west;
            all[2] = reach;
        }
    };
    for (const std::vector<double> &box : boxes)
    {
        look_at(box[0]);
        reach = std::max(reach, box[2]);
        all[1] = std::min(all[1], box[1]);
        all[3] = std::max(all[3], box[3]);
    }
    look_at(boxes.front()[0] + kTurn);
    if (!(widest > 0))
    {
        return {-kTurn / 2, all[1], kTurn / 2, all[3]};
    }
    all[0] -= all[0] >= kTurn / 2 ? kTurn : 0;
    all[2] -= all[2] > kTurn / 2 ? kTurn : 0;
    return all;
}

} // namespace

bool is_cylindrical(const OGRSpatialReference &crs)
{
    return !crs.IsCompound() && (crs.IsGeographic() || is_flat_cylinder(crs));
}

double turn_of(const OGRSpatialReference &crs)
{
    if (crs.IsGeographic())
    {
        return 2 * M_PI / crs.GetAngularUnits();
    }
    if (!is_flat_cylinder(crs))
    {
        return 0;
    }
    const store::GdalErrors errors;
    const std::unique_ptr<OGRSpatialReference> geographic(crs.CloneGeogCS());
    geographic->SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    const std::unique_ptr<OGRCoordinateTransformation> to_map(
        OGRCreateCoordinateTransformation(geographic.get(), &crs));
    std::array<double, 2> x{0, 1};
    std::array<double, 2> y{0, 0};
    const bool done = to_map && to_map->Transform(2, x.data(), y.data());
    return done ? (x[1] - x[0]) * 2 * M_PI / geographic->GetAngularUnits() : 0;
}

std::vector<stac::Bounds> parts_on_grid(const stac::TileMatrixSet &grid, const stac::Bounds &bounds, double tolerance)
{
    const stac::TileMatrix &coarsest = grid.matrices.front();
    const stac::Bounds world = coarsest.bounds(coarsest.window());
    const bool inside = bounds.min_x >= world.min_x - tolerance && bounds.max_x <= world.max_x + tolerance;
    const bool covers = bounds.min_x <= world.min_x + tolerance && bounds.max_x >= world.max_x - tolerance;
    const double turn = inside || covers ? 0 : turn_of(spatial_reference(grid.crs));
    if (!(turn > 0))
    {
        return {bounds};
    }
    if (bounds.max_x - bounds.min_x >= turn - tolerance)
    {
        return {{world.min_x, bounds.min_y, world.max_x, bounds.max_y}};
    }
    std::vector<stac::Bounds> parts;
    bool moved = false;
    const double last = std::floor((world.max_x - bounds.min_x) / turn);
    for (double count = std::ceil((world.min_x - bounds.max_x) / turn); count <= last; ++count)
    {
        const stac::Bounds part{std::max(bounds.min_x + count * turn, world.min_x), bounds.min_y,
                                std::min(bounds.max_x + count * turn, world.max_x), bounds.max_y};
        if (part.max_x - part.min_x > tolerance)
        {
            parts.push_back(part);
            moved = moved || count != 0;
        }
    }
    return moved ? parts : std::vector<stac::Bounds>{bounds};
}

std::vector<double> common_bbox(const std::vector<stac::Bounds> &parts, const stac::Bounds &within,
                                const std::string &crs)
{
    std::vector<std::vector<double>> boxes;
    for (const stac::Bounds &part : parts)
    {
        if (const auto shared = within.intersection(part))
        {
            boxes.push_back(crs84_bbox(*shared, crs));
        }
    }
    return boxes.empty() ? crs84_bbox(within, crs) : around_all(std::move(boxes));
}

} // namespace tiledir::raster
