#include "driver/trees/folder_document.h"

#include "driver/store/network_path.h"
#include "driver/trees/document.h"
#include "driver/trees/mapchete_metadata.h"
#include "driver/trees/tile_map_resource.h"
#include "stac/error.h"

#include <cpl_conv.h>

namespace tiledir::driver
{

namespace
{

constexpr const char *kItem = "stac.json";
constexpr const char *kItemOfGdal = "stacta.json"; // gdal raster tile calls it so
constexpr const char *kMapchete = "metadata.json";
constexpr const char *kTileMap = "tilemapresource.xml";

} // namespace

std::string document_of_folder(const std::string &folder, const std::string &query)
{
    const auto fits = [&](const char *name, bool (*looks_like_one)(const std::string &))
    {
        const auto text = read_document(folder + '/' + name + query);
        return text && looks_like_one(*text);
    };
    if (document_exists(folder + '/' + kItem + query))
    {
        return kItem;
    }
    if (fits(kItemOfGdal, stac::TiledAssetsItem::looks_like_one))
    {
        return kItemOfGdal;
    }
    if (fits(kMapchete, MapcheteMetadata::looks_like_one))
    {
        return kMapchete;
    }
    return fits(kTileMap, TileMapResource::looks_like_one) ? kTileMap : "";
}

bool describes_tree(const std::string &text)
{
    return MapcheteMetadata::looks_like_one(text) || TileMapResource::looks_like_one(text);
}

stac::TiledAssetsItem item_of_document(const std::string &path, const std::string &text)
{
    const std::string folder = store::folder_of_path(path);
    try
    {
        return MapcheteMetadata::looks_like_one(text)
                   ? MapcheteMetadata::from_text(text).item(folder.empty() ? "." : folder)
                   : TileMapResource::from_text(text).item(folder.empty() ? "." : folder);
    }
    catch (InputError &error)
    {
        error.at(path); // unless it is of a tile
        throw;
    }
}

} // namespace tiledir::driver
