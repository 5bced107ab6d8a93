#include "driver/trees/tile_map_resource.h"

#include "driver/store/gdal_errors.h"
#include "driver/trees/tree_item.h"
#include "stac/error.h"

#include <cpl_conv.h>
#include <cpl_minixml.h>

#include <algorithm>
#include <cmath>

namespace tiledir::driver
{

namespace
{

constexpr std::size_t kMaxLevels = 100;
constexpr std::int64_t kMaxTiles = 1000000000000; ///< along an axis
constexpr TileScheme kScheme{false, true};        ///< TMS

double number_of(const CPLXMLNode *node, const char *path)
{
    const char *text = CPLGetXMLValue(node, path, nullptr);
    char *end = nullptr;
    const double number = text == nullptr ? 0 : CPLStrtod(text, &end);
    if (text == nullptr || end == text || !std::isfinite(number))
    {
        throw InputError(std::string(path) + ": " + (text == nullptr ? "missing" : "is no number"));
    }
    return number;
}

bool is_among(const std::string &text, std::initializer_list<const char *> names)
{
    return std::any_of(names.begin(), names.end(), [&](const char *name) { return EQUAL(text.c_str(), name); });
}

/// How many columns beside those that the bounding box needs the stored ones are.
std::int64_t columns_beside(const stac::TileMatrixSet &grid, const StoredLevel &level, const stac::Bounds &box)
{
    const stac::TileMatrix *matrix = matrix_of(grid, level);
    const stac::TileRange needed = matrix == nullptr ? stac::TileRange{} : matrix->tiles_covering(box);
    if (needed.empty())
    {
        return std::int64_t{1} << 53;
    }
    return std::abs(needed.min_col - level.folders.min) + std::abs(needed.max_col - level.folders.max);
}

} // namespace

bool TileMapResource::looks_like_one(const std::string &text)
{
    return text.find("<TileMap") != std::string::npos && text.find("<TileSets") != std::string::npos &&
           text.find("<TileFormat") != std::string::npos;
}

TileMapResource TileMapResource::from_text(const std::string &text)
{
    const store::GdalErrors quiet;
    const CPLXMLTreeCloser root(CPLParseXMLString(text.c_str()));
    const CPLXMLNode *map = root.get() == nullptr ? nullptr : CPLGetXMLNode(root.get(), "=TileMap");
    if (map == nullptr)
    {
        throw InputError("no TileMap: not the XML of a Tile Map Service");
    }
    TileMapResource resource;
    resource.m_profile = CPLGetXMLValue(map, "TileSets.profile", "");
    resource.m_srs = CPLGetXMLValue(map, "SRS", "");
    resource.m_bounds = {number_of(map, "BoundingBox.minx"), number_of(map, "BoundingBox.miny"),
                         number_of(map, "BoundingBox.maxx"), number_of(map, "BoundingBox.maxy")};
    resource.m_origin_x = number_of(map, "Origin.x");
    resource.m_origin_y = number_of(map, "Origin.y");
    const double width = number_of(map, "TileFormat.width");
    if (width != number_of(map, "TileFormat.height") || width != std::floor(width) || width < 1 ||
        width > stac::kMaxTileSize)
    {
        throw InputError("TileFormat: width and height should be one whole number from 1 to 65536");
    }
    resource.m_tile_size = static_cast<int>(width);
    resource.m_extension = CPLGetXMLValue(map, "TileFormat.extension", "");
    const CPLXMLNode *sets = CPLGetXMLNode(map, "TileSets");
    for (const CPLXMLNode *node = sets == nullptr ? nullptr : sets->psChild; node != nullptr; node = node->psNext)
    {
        if (node->eType == CXT_Element && EQUAL(node->pszValue, "TileSet"))
        {
            resource.m_levels.push_back(
                {CPLGetFilename(CPLGetXMLValue(node, "href", "")), number_of(node, "units-per-pixel")});
        }
    }
    if (resource.m_levels.empty() || resource.m_levels.size() > kMaxLevels || resource.m_extension.empty())
    {
        throw InputError("TileSets, TileFormat: should have 1 to 100 levels and an extension");
    }
    return resource;
}

/// Units a pixel in the document are gdal2tiles' for tiles of 256 pixels, whatever their size: not looked at.
stac::TileMatrixSet TileMapResource::quad_grid(const char *id) const
{
    return stac::TileMatrixSet::well_known(id).value().derived(m_tile_size, 1);
}

/// gdal2tiles -p geodetic without --tmscompatible: level 0 is one tile of 360 by 360 degrees, its lower half the world.
stac::TileMatrixSet TileMapResource::single_geodetic_grid() const
{
    stac::TileMatrixSet grid = quad_grid("WGS1984Quad");
    grid.id = "GlobalGeodetic";
    grid.uri.clear();
    for (std::size_t level = 0; level < grid.matrices.size(); ++level)
    {
        stac::TileMatrix &matrix = grid.matrices[level];
        matrix.cell_size *= 2;
        matrix.scale_denominator *= 2;
        matrix.origin_y = -90;
        matrix.origin_is_bottom_left = true;
        matrix.matrix_width = std::int64_t{1} << level;
        matrix.matrix_height = std::max<std::int64_t>(1, matrix.matrix_width / 2);
    }
    return grid;
}

/// Levels over the bounding box, from its lower left corner.
stac::TileMatrixSet TileMapResource::raster_grid() const
{
    if (m_bounds.empty())
    {
        throw InputError("BoundingBox: is empty");
    }
    stac::TileMatrixSet grid;
    grid.id = m_profile.empty() ? "TileMap" : m_profile;
    grid.crs = m_srs;
    for (const Level &level : m_levels)
    {
        if (!(level.units_per_pixel > 0))
        {
            throw InputError("TileSet " + level.folder + ": units-per-pixel should be a positive number");
        }
        stac::TileMatrix matrix;
        matrix.id = level.folder;
        matrix.cell_size = level.units_per_pixel;
        matrix.origin_x = m_origin_x;
        matrix.origin_y = m_origin_y;
        matrix.origin_is_bottom_left = true;
        matrix.tile_width = m_tile_size;
        matrix.tile_height = m_tile_size;
        const auto tiles = [&](double from, double to)
        {
            constexpr double kSnap = 1e-4; // tiles: sizes of cells are rounded
            const double count = std::ceil((to - from) / (level.units_per_pixel * m_tile_size) - kSnap);
            return count < static_cast<double>(kMaxTiles) ? static_cast<std::int64_t>(std::max(count, 1.0)) : kMaxTiles;
        };
        matrix.matrix_width = tiles(m_origin_x, m_bounds.max_x);
        matrix.matrix_height = tiles(m_origin_y, m_bounds.max_y);
        if (!matrix.is_measurable())
        {
            throw InputError("TileSet " + level.folder + ": reaches beyond all numbers, or has too many pixels");
        }
        grid.matrices.push_back(matrix);
    }
    std::sort(grid.matrices.begin(), grid.matrices.end(),
              [](const stac::TileMatrix &one, const stac::TileMatrix &other)
              { return one.cell_size > other.cell_size; });
    return grid;
}

stac::TiledAssetsItem TileMapResource::item(const std::string &folder) const
{
    const TreeListing tree = list_tree(folder, m_extension);
    if (is_among(m_profile, {"mercator", "global-mercator"}))
    {
        return item_of_tree(tree, quad_grid("WebMercatorQuad"), kScheme);
    }
    if (!is_among(m_profile, {"geodetic", "global-geodetic"}))
    {
        return item_of_tree(tree, raster_grid(), kScheme);
    }
    const stac::TileMatrixSet two_tiles = quad_grid("WGS1984Quad");
    const stac::TileMatrixSet one_tile = single_geodetic_grid();
    const StoredLevel &finest = tree.levels.back();
    const bool one = columns_beside(one_tile, finest, m_bounds) < columns_beside(two_tiles, finest, m_bounds);
    return item_of_tree(tree, one ? one_tile : two_tiles, kScheme);
}

} // namespace tiledir::driver
