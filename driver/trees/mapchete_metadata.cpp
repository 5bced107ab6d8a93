#include "driver/trees/mapchete_metadata.h"

#include "driver/trees/placed_tile.h"
#include "driver/trees/tree_item.h"
#include "stac/error.h"
#include "stac/json/json_document.h"
#include "stac/json/json_node.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tiledir::driver
{

namespace
{

constexpr int kLevels = 31;
constexpr int kMaxShape = 1 << 16;

const std::array<std::pair<const char *, const char *>, 3> kExtensions{
    {{"GTiff", "tif"}, {"PNG", "png"}, {"PNG_hillshade", "png"}}};

std::string crs_of(const stac::JsonNode &grid)
{
    const stac::JsonNode srs = grid.at({"srs", "crs"});
    if (srs.json().is_string())
    {
        return srs.text();
    }
    if (const auto epsg = srs.find("epsg"))
    {
        return "EPSG:" + std::to_string(epsg->integer(1, 1000000));
    }
    return srs.at({"wkt", "proj"}).text();
}

stac::Bounds bounds_of(const stac::JsonNode &node)
{
    if (node.size() != 4)
    {
        node.fail("has " + std::to_string(node.size()) + " numbers, should have 4");
    }
    const stac::Bounds bounds{node.element(0).number(), node.element(1).number(), node.element(2).number(),
                              node.element(3).number()};
    if (bounds.empty())
    {
        node.fail("is empty, should be left, bottom, right, top");
    }
    return bounds;
}

/// A pyramid over bounds: at level 0 `shape` tiles (rows, columns), at each further one twice as many.
stac::TileMatrixSet made_grid(const stac::JsonNode &grid)
{
    const stac::Bounds bounds = bounds_of(grid.at("bounds"));
    const stac::JsonNode shape = grid.at("shape");
    if (shape.size() != 2)
    {
        shape.fail("should be rows and columns of level 0");
    }
    const std::int64_t rows = shape.element(0).integer(1, kMaxShape);
    const std::int64_t cols = shape.element(1).integer(1, kMaxShape);
    const double tile = (bounds.max_x - bounds.min_x) / static_cast<double>(cols);
    if (std::abs((bounds.max_y - bounds.min_y) / static_cast<double>(rows) - tile) > 1e-6 * tile)
    {
        grid.fail("has tiles that are not square: bounds and shape do not fit each other");
    }
    stac::TileMatrixSet set;
    set.id = grid.text_or_empty("type").empty() ? "mapchete" : grid.text_or_empty("type");
    set.crs = crs_of(grid);
    for (int level = 0; level < kLevels; ++level)
    {
        stac::TileMatrix matrix;
        matrix.id = std::to_string(level);
        matrix.cell_size = std::ldexp(tile / matrix.tile_width, -level);
        matrix.origin_x = bounds.min_x;
        matrix.origin_y = bounds.max_y;
        matrix.matrix_width = cols << level;
        matrix.matrix_height = rows << level;
        set.matrices.push_back(matrix);
    }
    if (!set.matrices.front().is_measurable())
    {
        grid.fail("reaches beyond all numbers, should have finite bounds");
    }
    return set;
}

stac::TileMatrixSet grid_of(const stac::JsonNode &grid)
{
    std::string name;
    if (grid.json().is_string())
    {
        name = grid.text();
    }
    else if (const auto named = grid.find({"grid", "type"}); named && named->json().is_string())
    {
        name = named->text();
    }
    if (name == "mercator" || name == "geodetic")
    {
        return stac::TileMatrixSet::well_known(name == "mercator" ? "WebMercatorQuad" : "WGS1984Quad").value();
    }
    if (grid.json().is_string())
    {
        grid.fail("is '" + name + "', should be mercator, geodetic or an object");
    }
    return made_grid(grid);
}

std::string extension_of(const stac::JsonNode &driver)
{
    const stac::JsonNode format = driver.at("format");
    const std::string name = format.text();
    const auto *const found =
        std::find_if(kExtensions.begin(), kExtensions.end(), [&](const auto &known) { return name == known.first; });
    if (found == kExtensions.end())
    {
        format.fail("is " + name + ", should be GTiff, PNG or PNG_hillshade");
    }
    return found->second;
}

/// What tiles have more than their part of the grid; tiles of global grids nothing beyond the poles.
stac::PixelBuffer pixel_buffer_of(const stac::JsonNode &pyramid)
{
    stac::PixelBuffer buffer;
    if (const auto pixels = pyramid.find("pixelbuffer"))
    {
        buffer.top = static_cast<int>(pixels->integer(0, stac::PixelBuffer::kMaxPixels));
        buffer.left = buffer.bottom = buffer.right = buffer.top;
    }
    const auto global = pyramid.at("grid").json().is_object() ? pyramid.at("grid").find("is_global") : std::nullopt;
    const bool ends_at_poles = !global || global->json() != false;
    buffer.border_top = buffer.border_bottom = !ends_at_poles;
    return buffer;
}

/// Does a tile 0/0 lie apart from all others?
bool begins_apart(const StoredLevel &level)
{
    const auto is_near = [](const TileName &tile) { return tile.folder < 2 && tile.file < 2; };
    return level.complete && level.tiles.size() > 1 && level.folders.min == 0 && level.files.min == 0 &&
           std::count_if(level.tiles.begin(), level.tiles.end(), is_near) == 1;
}

void leave_out_first_tile(StoredLevel &level)
{
    level.tiles.erase(std::remove_if(level.tiles.begin(), level.tiles.end(),
                                     [](const TileName &tile) { return tile.folder == 0 && tile.file == 0; }),
                      level.tiles.end());
    level.folders = {};
    level.files = {};
    for (const TileName &tile : level.tiles)
    {
        level.folders.include(tile.folder);
        level.files.include(tile.file);
    }
}

} // namespace

bool MapcheteMetadata::looks_like_one(const std::string &text)
{
    if (text.find("\"pyramid\"") == std::string::npos)
    {
        return false;
    }
    nlohmann::json json;
    try
    {
        json = stac::parse_json(text, "metadata.json");
    }
    catch (const InputError &)
    {
        return false;
    }
    if (!json.is_object() || !json.contains("pyramid") || !json.contains("driver"))
    {
        return false;
    }
    const nlohmann::json &pyramid = json["pyramid"];
    const nlohmann::json &driver = json["driver"];
    return pyramid.is_object() && pyramid.contains("grid") && pyramid.contains("metatiling") && driver.is_object() &&
           driver.contains("format") &&
           std::any_of(kExtensions.begin(), kExtensions.end(),
                       [&driver](const auto &known) { return driver["format"] == known.first; });
}

MapcheteMetadata MapcheteMetadata::from_text(const std::string &text)
{
    const auto json = stac::parse_json(text, "metadata.json");
    const stac::JsonNode root(json);
    const stac::JsonNode pyramid = root.at("pyramid");
    MapcheteMetadata metadata;
    metadata.m_extension = extension_of(root.at("driver"));
    const auto tile_size = pyramid.find("tile_size");
    const auto metatiling = pyramid.find("metatiling");
    metadata.m_grid = grid_of(pyramid.at("grid"))
                          .derived(tile_size ? static_cast<int>(tile_size->integer(1, stac::kMaxTileSize)) : 256,
                                   metatiling ? static_cast<int>(metatiling->integer(1, stac::kMaxTileSize)) : 1);
    auto &matrices = metadata.m_grid.matrices;
    matrices.erase(std::find_if(matrices.begin(), matrices.end(),
                                [](const stac::TileMatrix &matrix) { return !matrix.is_measurable(); }),
                   matrices.end());
    if (matrices.empty())
    {
        pyramid.fail("has tiles of too many pixels");
    }
    metadata.m_pixel_buffer = pixel_buffer_of(pyramid);
    return metadata;
}

stac::TiledAssetsItem MapcheteMetadata::item(const std::string &folder) const
{
    TreeListing tree = list_tree(folder, m_extension);
    StoredLevel &finest = tree.levels.back(); // which the extent is taken from
    if (begins_apart(finest) && !has_data(tree, finest, {0, 0}))
    {
        leave_out_first_tile(finest);
    }
    stac::TiledAssetsItem item = item_of_tree(tree, m_grid, {true, false});
    for (const auto &[level, range] : item.limits)
    {
        item.pixel_buffers[level] = m_pixel_buffer;
    }
    return item;
}

} // namespace tiledir::driver
