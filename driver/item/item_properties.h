// What an item says of itself beside its tiles and its place.
#pragma once

#include <nlohmann/json.hpp>

#include <map>
#include <string>

namespace tiledir::driver
{

/// Properties of an item (title, description, eo:cloud_cover, ...) by name (eo_cloud_cover): texts as they are, other
/// values as JSON. Without those of the grid, the place and the tiles. Empty for what has none.
std::map<std::string, std::string> item_properties(const nlohmann::json &item);

} // namespace tiledir::driver
