#include "driver/trees/tree_item.h"

#include "stac/error.h"

#include <cpl_conv.h>

#include <map>
#include <utility>

namespace tiledir::driver
{

namespace
{

std::string media_type(const std::string &extension)
{
    static const std::map<std::string, std::string> kTypes{
        {"jpeg", "image/jpeg"}, {"jpg", "image/jpeg"},
        {"png", "image/png"},   {"tif", "image/tiff; application=geotiff"},
        {"webp", "image/webp"}, {"tiff", "image/tiff; application=geotiff"}};
    const auto found = kTypes.find(extension);
    return found == kTypes.end() ? std::string() : found->second;
}

stac::TiledAssetsItem plain_item(const std::string &folder, const stac::TileMatrixSet &grid, const std::string &href)
{
    stac::TiledAssetsItem item;
    item.id = CPLGetFilename(folder.c_str());
    item.tile_matrix_set = grid;
    stac::TileAsset asset;
    asset.href = href;
    asset.media_type = media_type(CPLGetExtension(href.c_str()));
    item.assets.push_back(std::move(asset));
    return item;
}

/// A level that was not listed whole: what is known, the rest from the coarser level where there is one.
stac::TileRange range_of_rest(const StoredLevel &level, const stac::TileMatrix &matrix, const TileScheme &scheme,
                              const stac::TileMatrix *coarser, const stac::TileRange &coarser_range)
{
    stac::TileRange range = matrix.range();
    if (coarser != nullptr)
    {
        range = matrix.tiles_covering(coarser->bounds(coarser->range_window(coarser_range)));
        const stac::TileRange seen = scheme.range(level.folders, level.files, matrix);
        range = range.empty() ? matrix.range() : seen.empty() ? range : range.united(seen);
    }
    if (!level.folders.empty())
    {
        const stac::TileRange exact = scheme.range(level.folders, level.folders, matrix);
        range = scheme.row_first ? stac::TileRange{exact.min_row, exact.max_row, range.min_col, range.max_col}
                                 : stac::TileRange{range.min_row, range.max_row, exact.min_col, exact.max_col};
    }
    return range;
}

void check_range(const StoredLevel &level, const stac::TileMatrix &matrix, const TileScheme &scheme,
                 const stac::TileRange &range, const TreeListing &tree, const stac::TileMatrixSet &grid)
{
    const stac::TileRange all = matrix.range();
    if (range.intersection(all) == range)
    {
        return;
    }
    const TileName most{level.folders.max, level.files.max};
    throw InputError(tree.folder, "level " + level.name + " has numbers up to " + std::to_string(most.folder) + "/" +
                                      std::to_string(most.file) + ", as " + scheme.name() + " " + grid.id + " has " +
                                      std::to_string(matrix.matrix_width) + " columns and " +
                                      std::to_string(matrix.matrix_height) +
                                      " rows there: open options SCHEME and GRID say what they are");
}

} // namespace

const stac::TileMatrix *matrix_of(const stac::TileMatrixSet &grid, const StoredLevel &level)
{
    auto index = grid.index_of(level.name);
    index = index ? index : grid.index_of(std::to_string(level.number));
    return index ? &grid.matrices[*index] : nullptr;
}

stac::TiledAssetsItem item_of_tree(const TreeListing &tree, const stac::TileMatrixSet &grid, const TileScheme &scheme)
{
    const bool from_below = grid.matrices.front().origin_is_bottom_left;
    stac::TiledAssetsItem item = plain_item(tree.folder, grid, "./" + scheme.href(tree.extension, from_below));
    item.tile_matrix_set.matrices.clear();
    const stac::TileMatrix *coarser = nullptr;
    stac::TileRange coarser_range;
    for (const StoredLevel &level : tree.levels)
    {
        const stac::TileMatrix *matrix = matrix_of(grid, level);
        if (matrix == nullptr)
        {
            throw InputError(tree.folder + "/" + level.name + ": " + grid.id + " has no such level, it has " +
                             grid.matrices.front().id + " to " + grid.matrices.back().id);
        }
        const stac::TileRange range = level.complete ? scheme.range(level.folders, level.files, *matrix)
                                                     : range_of_rest(level, *matrix, scheme, coarser, coarser_range);
        check_range(level, *matrix, scheme, range, tree, grid);
        item.tile_matrix_set.matrices.push_back(*matrix);
        item.tile_matrix_set.matrices.back().id = level.name;
        item.limits[level.name] = range;
        coarser = matrix;
        coarser_range = range;
    }
    return item;
}

StoredTiles stored_tiles(const TreeListing &tree, const stac::TiledAssetsItem &item, const TileScheme &scheme)
{
    StoredTiles stored{item.limits, {}};
    for (const StoredLevel &level : tree.levels)
    {
        const auto index = item.tile_matrix_set.index_of(level.name);
        for (const TileName &tile : level.complete &&index ? level.tiles : std::vector<TileName>())
        {
            const stac::TileMatrix &matrix = item.tile_matrix_set.matrices[*index];
            stored.listed[level.name].emplace(scheme.row(tile, matrix), scheme.col(tile));
        }
    }
    return stored;
}

stac::TiledAssetsItem item_of_template(const std::string &folder, const stac::TileMatrixSet &grid,
                                       const std::string &href)
{
    return plain_item(folder, grid, href);
}

} // namespace tiledir::driver
