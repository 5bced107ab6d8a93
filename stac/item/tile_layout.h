// What of an item's JSON a writer of its tiles goes by.
#pragma once

#include <nlohmann/json.hpp>

namespace tiledir::stac
{

/// Where an item's tiles are, on which base level of which grid, and what they are: properties "tiledir:base_level" and
/// "tiledir:format", the tile matrix of that level in each set that is linked, hrefs, media types, data types and
/// nodata of the asset templates. What is right for tiles of one item is right for those of another with the same
/// layout. The item need not be valid; throws nothing but std::bad_alloc.
nlohmann::json tile_layout(const nlohmann::json &item);

} // namespace tiledir::stac
