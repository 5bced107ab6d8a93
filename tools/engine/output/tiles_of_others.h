// Tiles in an output's folder of which no run knows.
#pragma once

#include "driver/store/store.h"

#include <string>

namespace tiledir::engine
{

/// What tells that the folder is a tree of tiles or has a document of one: mapchete's metadata.json, gdal2tiles'
/// tilemapresource.xml, stacta.json of `gdal raster tile`, or LEVEL/NUMBER/NUMBER.EXT. Its key; empty where there is
/// nothing of the kind. On an object store a level's name is enough. Throws StoreError.
std::string tiles_of_others(const store::Store &store);

} // namespace tiledir::engine
