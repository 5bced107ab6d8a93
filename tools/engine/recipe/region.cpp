#include "tools/engine/recipe/region.h"

#include "driver/raster/crs/spatial_reference.h"
#include "driver/store/gdal_errors.h"
#include "stac/error.h"
#include "tools/engine/recipe/shape_tiles.h"

#include <fmt/format.h>
#include <gdal_priv.h>
#include <ogr_geometry.h>
#include <ogrsf_frmts.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <memory>

namespace tiledir::engine
{
namespace
{

/// Where tiles are looked for.
struct Target
{
    const stac::TileMatrixSet &grid;
    int base;
    const stac::TileRange &within;

    const stac::TileMatrix &matrix() const { return grid.matrices[static_cast<std::size_t>(base)]; }
};

/// Of a region as a whole; what says so itself.
class RegionError : public InputError
{
public:
    using InputError::InputError;
};

[[noreturn]] void refuse(const RegionRecipe &region, const std::string &what)
{
    throw RegionError(region.text() + " " + what);
}

OGREnvelope envelope_of(const OGRGeometry &geometry)
{
    OGREnvelope envelope;
    geometry.getEnvelope(&envelope);
    return envelope;
}

/// Refuses what lies beyond the Earth, in degrees or where no projection holds it: metres taken for degrees, say.
void check_place(const RegionRecipe &region, const OGRSpatialReference &crs, const OGREnvelope &place)
{
    constexpr double kMostLongitude = 360;
    constexpr double kMostLatitude = 90 + 1e-6;
    std::vector<double> x;
    std::vector<double> y;
    constexpr int kSteps = 4;
    for (int row = 0; row <= kSteps; ++row)
    {
        for (int col = 0; col <= kSteps; ++col)
        {
            x.push_back(place.MinX + (place.MaxX - place.MinX) * col / kSteps);
            y.push_back(place.MinY + (place.MaxY - place.MinY) * row / kSteps);
        }
    }
    bool is_known = true;
    if (crs.IsGeographic() != 0)
    {
        const double degree = M_PI / 180 / crs.GetAngularUnits();
        is_known = place.MinX >= -kMostLongitude * degree && place.MaxX <= kMostLongitude * degree &&
                   place.MinY >= -kMostLatitude * degree && place.MaxY <= kMostLatitude * degree;
    }
    else if (const std::unique_ptr<OGRSpatialReference> geographic(crs.CloneGeogCS()); geographic)
    {
        const store::GdalErrors quiet;
        const std::unique_ptr<OGRCoordinateTransformation> to_degrees(
            OGRCreateCoordinateTransformation(&crs, geographic.get()));
        std::vector<int> success(x.size(), 1);
        if (to_degrees)
        {
            to_degrees->Transform(static_cast<int>(x.size()), x.data(), y.data(), nullptr, nullptr, success.data());
        }
        is_known = std::any_of(success.begin(), success.end(), [](int each) { return each != 0; });
    }
    if (!is_known)
    {
        refuse(region, crs.IsGeographic()
                           ? "lies beyond longitudes -360 to 360 and latitudes -90 to 90; is it in another CRS?"
                           : "lies beyond what its CRS, " + region.crs + ", can show");
    }
}

stac::TileSet tiles_of_bounds(const RegionRecipe &region, const Target &target)
{
    const auto crs = raster::spatial_reference(region.crs);
    auto [west, south, east, north] = *region.bounds;
    const bool finite =
        std::all_of(region.bounds->begin(), region.bounds->end(), [](double x) { return std::isfinite(x); });
    const bool around = west > east && crs.IsGeographic() != 0;
    if (!finite || !(south < north) || (!around && !(west < east)))
    {
        refuse(region, "is not west, south, east, north with south < north and west < east (degrees may have west > "
                       "east across the antimeridian)");
    }
    OGREnvelope place;
    place.Merge(west, south);
    place.Merge(east, north);
    check_place(region, crs, place);
    if (around)
    {
        east += 2 * M_PI / crs.GetAngularUnits();
    }
    stac::TileSet tiles;
    ShapeTiles(crs, target.grid).add({west, south, east, north}, 0, target.matrix(), target.within, tiles);
    return tiles;
}

/// Adds all polygons of a geometry; counts them.
int add_polygons(const ShapeTiles &shapes, const OGRGeometry &geometry, const Target &target, stac::TileSet &into)
{
    if (geometry.hasCurveGeometry())
    {
        const std::unique_ptr<OGRGeometry> straight(geometry.getLinearGeometry());
        return add_polygons(shapes, *straight, target, into);
    }
    const OGRwkbGeometryType type = wkbFlatten(geometry.getGeometryType());
    if (type == wkbPolygon && !geometry.IsEmpty())
    {
        const store::GdalErrors errors;
        const std::unique_ptr<OGRGeometry> valid(geometry.IsValid() ? nullptr : geometry.MakeValid());
        if (valid && wkbFlatten(valid->getGeometryType()) != wkbPolygon)
        {
            return add_polygons(shapes, *valid, target, into);
        }
        shapes.add(*(valid ? *valid : geometry).toPolygon(), target.matrix(), target.within, into);
        return 1;
    }
    int count = 0;
    if (OGR_GT_IsSubClassOf(type, wkbGeometryCollection))
    {
        for (const OGRGeometry *part : *geometry.toGeometryCollection())
        {
            count += add_polygons(shapes, *part, target, into);
        }
    }
    return count;
}

OGRLayer &layer_of(const RegionRecipe &region, GDALDataset &file)
{
    if (!region.layer.empty())
    {
        if (OGRLayer *layer = file.GetLayerByName(region.layer.c_str()))
        {
            return *layer;
        }
    }
    else if (file.GetLayerCount() == 1)
    {
        return *file.GetLayer(0);
    }
    std::string names;
    for (int i = 0; i < file.GetLayerCount(); ++i)
    {
        names += (i == 0 ? "" : ", ") + std::string(file.GetLayer(i)->GetName());
    }
    refuse(region, region.layer.empty()
                       ? fmt::format("has {} layers; region.layer says which: {}", file.GetLayerCount(), names)
                       : fmt::format("has no layer '{}'; it has {}", region.layer, names));
}

stac::TileSet tiles_of_file(const RegionRecipe &region, const Target &target)
{
    const store::GdalErrors errors;
    const GDALDatasetUniquePtr file(
        GDALDataset::Open(region.polygon.c_str(), GDAL_OF_VECTOR | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR));
    if (!file)
    {
        refuse(region, "is neither WKT nor a file of polygons: " + errors.cause_at(region.polygon));
    }
    OGRLayer &layer = layer_of(region, *file);
    OGRSpatialReference crs = raster::spatial_reference(region.crs);
    if (const OGRSpatialReference *own = layer.GetSpatialRef())
    {
        crs = *own;
        crs.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    }
    const ShapeTiles shapes(crs, target.grid);
    stac::TileSet tiles;
    int count = 0;
    for (const auto &feature : layer)
    {
        if (const OGRGeometry *geometry = feature->GetGeometryRef())
        {
            check_place(region, crs, envelope_of(*geometry));
            count += add_polygons(shapes, *geometry, target, tiles);
        }
    }
    if (errors.failed())
    {
        refuse(region, "cannot be read: " + errors.cause_at(region.polygon));
    }
    if (count == 0)
    {
        refuse(region, "holds no polygon; a region needs an area");
    }
    return tiles;
}

stac::TileSet tiles_of_wkt(const RegionRecipe &region, const Target &target)
{
    const store::GdalErrors errors;
    const auto crs = raster::spatial_reference(region.crs);
    OGRGeometry *parsed = nullptr;
    const OGRErr error = OGRGeometryFactory::createFromWkt(region.polygon.c_str(), nullptr, &parsed);
    const std::unique_ptr<OGRGeometry> geometry(parsed);
    if (error != OGRERR_NONE || !geometry)
    {
        refuse(region, "is not WKT of a polygon; POLYGON ((0 50, 1 50, 1 51, 0 50)) would be");
    }
    check_place(region, crs, envelope_of(*geometry));
    stac::TileSet tiles;
    const ShapeTiles shapes(crs, target.grid);
    if (add_polygons(shapes, *geometry, target, tiles) == 0)
    {
        refuse(region, "holds no polygon; a region needs an area");
    }
    return tiles;
}

stac::TileSet tiles_of_point(const RegionRecipe &region, const Target &target)
{
    const auto crs = raster::spatial_reference(region.crs);
    const auto [x, y] = *region.point;
    OGREnvelope place;
    place.Merge(x, y);
    check_place(region, crs, place);
    const ShapeTiles shapes(crs, target.grid);
    stac::TileSet tiles;
    shapes.add_point(x, y, target.matrix(), target.within, tiles);
    return tiles;
}

/// Base tiles under a tile.
stac::TileSet tiles_under(const RegionRecipe &region, const Target &target)
{
    const stac::TileMatrixSet &grid = target.grid;
    const auto first = region.tile.find('/');
    const auto second = region.tile.find('/', first + 1);
    const auto is_number = [](const std::string &text)
    { return !text.empty() && text.size() < 17 && text.find_first_not_of("0123456789") == std::string::npos; };
    const std::string row = first == std::string::npos ? "" : region.tile.substr(first + 1, second - first - 1);
    const std::string col = second == std::string::npos ? "" : region.tile.substr(second + 1);
    const auto level = grid.index_of(region.tile.substr(0, first));
    if (!level || !is_number(row) || !is_number(col))
    {
        refuse(region, fmt::format("is not LEVEL/ROW/COL of {}; {}/0/0 would be", grid.id, grid.matrices[0].id));
    }
    const stac::TileMatrix &matrix = grid.matrices[static_cast<std::size_t>(*level)];
    const std::int64_t at_row = std::stoll(row);
    const std::int64_t at_col = std::stoll(col);
    if (!matrix.range().contains(at_row, at_col))
    {
        refuse(region, fmt::format("is outside of {}, whose level {} has rows 0 to {} and columns 0 to {}", grid.id,
                                   matrix.id, matrix.matrix_height - 1, matrix.matrix_width - 1));
    }
    if (*level > target.base)
    {
        refuse(region, "is finer than the base level, " + target.matrix().id);
    }
    const auto under = target.matrix().tiles_covering(matrix.tile_bounds(at_row, at_col)).intersection(target.within);
    return stac::TileSet(under.value_or(stac::TileRange{}));
}

} // namespace

std::string RegionRecipe::text() const
{
    constexpr std::size_t kEnough = 60;
    std::string value = tile;
    if (bounds)
    {
        const auto &[west, south, east, north] = *bounds;
        value = fmt::format("[{}, {}, {}, {}]", west, south, east, north);
    }
    else if (point)
    {
        value = fmt::format("[{}, {}]", (*point)[0], (*point)[1]);
    }
    else if (!polygon.empty())
    {
        value = is_wkt(polygon) && polygon.size() > kEnough ? polygon.substr(0, kEnough) + "..." : polygon;
    }
    return key + ": " + value;
}

bool is_wkt(const std::string &text)
{
    const auto begin = text.find_first_not_of(" \t\r\n");
    const auto word_end = text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", begin);
    if (begin == std::string::npos || word_end == std::string::npos)
    {
        return false;
    }
    std::string word = text.substr(begin, word_end - begin);
    std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::toupper(c); });
    const bool known = word == "POLYGON" || word == "MULTIPOLYGON" || word == "CURVEPOLYGON" ||
                       word == "MULTISURFACE" || word == "GEOMETRYCOLLECTION" || word == "SRID" || word == "POINT" ||
                       word == "LINESTRING";
    const auto next = text.find_first_not_of(" \t\r\n", word_end);
    return known && next != std::string::npos &&
           (text[next] == '(' || text.find('(', next) != std::string::npos ||
            text.find("EMPTY", next) != std::string::npos);
}

stac::TileSet region_tiles(const RegionRecipe &region, const stac::TileMatrixSet &grid, int base,
                           const stac::TileRange &within)
{
    const Target target{grid, base, within};
    try
    {
        if (region.bounds)
        {
            return tiles_of_bounds(region, target);
        }
        if (region.point)
        {
            return tiles_of_point(region, target);
        }
        if (!region.tile.empty())
        {
            return tiles_under(region, target);
        }
        return is_wkt(region.polygon) ? tiles_of_wkt(region, target) : tiles_of_file(region, target);
    }
    catch (const RegionError &)
    {
        throw;
    }
    catch (InputError &error)
    {
        error.under(region.text());
        throw;
    }
}

} // namespace tiledir::engine
