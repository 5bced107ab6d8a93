// What in a folder says that tiles are in it, and the item that this makes of it.
#pragma once

#include "stac/item/tiled_assets_item.h"

#include <optional>
#include <string>

namespace tiledir::driver
{

/// Name of the document that describes a folder's tiles: stac.json, stacta.json (GDAL's name of an item), mapchete's
/// metadata.json or gdal2tiles' tilemapresource.xml; all but the first only where their content fits. Empty where there
/// is none of them. Over HTTP each is asked for with this query (query_of()).
std::string document_of_folder(const std::string &folder, const std::string &query = "");

/// True where the text is that of mapchete's metadata.json or of a tilemapresource.xml.
bool describes_tree(const std::string &text);

/// The item that such a document makes of the folder that it is in. Throws InputError that names the document.
stac::TiledAssetsItem item_of_document(const std::string &path, const std::string &text);

} // namespace tiledir::driver
