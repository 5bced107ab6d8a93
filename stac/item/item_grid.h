// The grid that an item is on: its tile matrix set, embedded, linked or well known, and the limits of its matrices.
#pragma once

#include "stac/item/tiled_assets_item.h"
#include "stac/json/json_node.h"

#include <string>
#include <vector>

namespace tiledir::stac
{

/// Names of the sets that read_grid() can be asked for; empty where there are none.
std::vector<std::string> grid_names(const JsonNode &properties);

/// Reads the item's tile_matrix_set and limits from its properties, as TiledAssetsItem::from_json() says.
void read_grid(const JsonNode &properties, const DescribeCrs &describe_crs, const std::string &wanted,
               const FetchJson &fetch, TiledAssetsItem &item);

} // namespace tiledir::stac
