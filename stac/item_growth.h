// What of an item's JSON changes when its tiles do.
#pragma once

#include "stac/tile_matrix_set.h"

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <vector>

namespace tiledir::stac
{

nlohmann::ordered_json limits_json(const TileRange &range);
/// Of a bbox (west, south, east, north): a Polygon, or a MultiPolygon across the antimeridian. Throws InputError.
nlohmann::ordered_json geometry_json(const std::vector<double> &bbox);

/// Writes limits, by matrix id, and bbox (empty: none) into an item; all else of it stays as it is. `set_key` is the
/// link's; empty: the first. Throws InputError where the item has no such link.
void set_limits(nlohmann::ordered_json &item, const std::string &set_key,
                const std::map<std::string, TileRange> &limits, const std::vector<double> &bbox);

} // namespace tiledir::stac
