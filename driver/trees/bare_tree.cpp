#include "driver/trees/bare_tree.h"

#include "driver/store/opening/object_reader.h"
#include "driver/trees/placed_grid.h"
#include "driver/trees/tree_item.h"
#include "stac/error.h"

#include <cpl_conv.h>

namespace tiledir::driver
{

namespace
{

constexpr const char *kDefaultGrid = "WebMercatorQuad";

std::optional<stac::TileMatrixSet> grid_option(const std::string &id)
{
    if (id.empty())
    {
        return std::nullopt;
    }
    auto grid = stac::TileMatrixSet::well_known(id);
    if (!grid)
    {
        std::string ids;
        for (const std::string &each : stac::TileMatrixSet::well_known_ids())
        {
            ids += (ids.empty() ? "" : ", ") + each;
        }
        throw InputError("open option GRID: is '" + id + "', should be one of " + ids);
    }
    return grid;
}

bool is_template(const std::string &scheme)
{
    return scheme.find('{') != std::string::npos;
}

/// Folders of web servers list nothing that could be relied on.
bool can_be_listed(const std::string &folder)
{
    return folder.find("/vsicurl") == std::string::npos;
}

BareTree described(const TreeListing &tree, const stac::TileMatrixSet &grid, const TileScheme &scheme)
{
    const stac::TiledAssetsItem item = item_of_tree(tree, grid, scheme);
    return {item, store::is_remote(tree.folder) ? stored_tiles(tree, item, scheme) : StoredTiles{item.limits, {}}};
}

} // namespace

BareTree bare_tree(const std::string &folder, const std::string &scheme, const std::string &grid)
{
    const std::optional<TileScheme> named = TileScheme::of(scheme);
    const std::optional<stac::TileMatrixSet> chosen = grid_option(grid);
    const auto plain_grid = [&chosen] { return chosen ? *chosen : *stac::TileMatrixSet::well_known(kDefaultGrid); };
    if (!named && !scheme.empty() && !is_template(scheme))
    {
        throw InputError("open option SCHEME: is '" + scheme + "', should be " + kSchemes);
    }
    if (is_template(scheme) && (!named || !can_be_listed(folder)))
    {
        return {item_of_template(folder, plain_grid(), scheme), {}};
    }
    if (!can_be_listed(folder))
    {
        throw InputError(folder, "no stac.json, and a web server's folder is not listed: open option SCHEME="
                                 "{z}/{x}/{y}.png, or as its tiles are named, and LEVEL or EXTENT say what there is");
    }
    const TreeListing tree = list_tree(folder, is_template(scheme) ? CPLGetExtension(scheme.c_str()) : "");
    const StoredLevel &finest = tree.levels.back();
    const PlacedTile tile = placed_tile(tree, finest, finest.tiles[finest.tiles.size() / 2]);
    if (tile.place)
    {
        const GridAndScheme found = grid_of_placed_tiles(tree, tile, named, chosen);
        return described(tree, found.grid, found.scheme);
    }
    if (!named)
    {
        throw InputError(folder,
                         std::string("nothing tells rows from columns: open option SCHEME should be ") + kSchemes);
    }
    return described(tree, plain_grid().derived(tile.width, 1), *named);
}

} // namespace tiledir::driver
