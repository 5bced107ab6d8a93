#include "driver/dataset/item_opening.h"

#include "driver/files/dataset_files.h"
#include "driver/item/item_place.h"
#include "driver/raster/crs/spatial_reference.h"
#include "driver/reading/href.h"
#include "driver/store/gdal_edge.h"
#include "driver/trees/bare_tree.h"
#include "driver/trees/document.h"
#include "driver/trees/folder_document.h"
#include "stac/error.h"
#include "stac/grid/href_template.h"
#include "stac/json/json_document.h"

#include <algorithm>
#include <utility>

namespace tiledir::driver
{

namespace
{

/// A document that the item links.
nlohmann::json linked_json(const std::string &url, const ItemLocation &location, bool allow_local)
{
    const std::string path = resolved_href(url, location.folder, allow_local, location.query()).text();
    const auto text = read_document(path);
    if (!text)
    {
        throw InputError("tile matrix set " + path + ": no such file");
    }
    return stac::parse_json(*text, "tile matrix set " + path);
}

/// True of an item without a grid, none of whose templates speaks of one.
bool names_whole_rasters(const nlohmann::json &json)
{
    if (!stac::TiledAssetsItem::tile_matrix_sets(json).empty())
    {
        return false;
    }
    const auto assets = stac::TiledAssetsItem::from_json_without_grid(json).assets;
    return std::none_of(assets.begin(), assets.end(),
                        [](const stac::TileAsset &asset)
                        {
                            const stac::HrefTemplate href(asset.href);
                            return std::any_of(href.parameters().begin(), href.parameters().end(),
                                               [](const std::string &name)
                                               { return name.find(':') == std::string::npos; });
                        });
}

stac::TiledAssetsItem item_of(const nlohmann::json &json, const ItemLocation &location, bool allow_local)
{
    try
    {
        if (names_whole_rasters(json))
        {
            return stac::TiledAssetsItem::from_json_without_grid(json);
        }
        auto item = stac::TiledAssetsItem::from_json(json, raster::crs_facts, location.tile_matrix_set,
                                                     [&](const std::string &url)
                                                     { return linked_json(url, location, allow_local); });
        settle_item(location, allow_local, item);
        return item;
    }
    catch (InputError &error)
    {
        error.under(location.path());
        throw;
    }
    catch (const nlohmann::json::exception &error)
    {
        throw InputError(location.path(), std::string("not a tiled-assets item: ") + error.what());
    }
}

} // namespace

OpenedItem open_item(const char *name, OpenOptions open_options)
{
    OpenedItem opened;
    opened.options = std::move(open_options);
    const OpenOptions &options = opened.options;
    const bool as_tree = !options.scheme.empty() || !options.grid.empty();
    opened.location = as_tree ? locate_tree(name) : locate_item(name);
    for (const auto &[dimension, value] : options.dimensions)
    {
        opened.location.dimensions[dimension] = value;
    }
    const bool bare = opened.location.file.empty();
    if (bare && !as_tree && is_unfinished_dataset(opened.location.folder))
    {
        throw InputError(opened.location.folder,
                         "is not whole: a dataset is made there, or was when its writer died; make it again");
    }
    const std::string text = bare ? "" : driver::read_item(opened.location);
    if (!bare && !describes_tree(text))
    {
        opened.json = stac::parse_json(text, opened.location.path());
        opened.item = item_of(opened.json, opened.location, options.allow_local);
        opened.stored = {opened.item.limits, {}};
        for (const std::string &warning : opened.item.warnings)
        {
            warn(opened.location.path() + ": " + warning);
        }
        return opened;
    }
    if (bare)
    {
        BareTree tree = bare_tree(opened.location.folder, options.scheme, options.grid);
        opened.item = std::move(tree.item);
        opened.stored = std::move(tree.stored);
    }
    else
    {
        opened.item = item_of_document(opened.location.path(), text);
        opened.stored = {opened.item.limits, {}};
    }
    return opened;
}

} // namespace tiledir::driver
