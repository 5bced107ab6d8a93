// What an item's JSON says of the values of its bands.
#pragma once

#include "stac/item/tiled_assets_item.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace tiledir::stac
{

/// STAC 1.1's Statistics object.
nlohmann::ordered_json statistics_json(const BandStatistics &statistics);

/// Takes away statistics and histograms of all bands, and what begin_statistics() has put there. False: there were
/// none.
bool drop_statistics(nlohmann::ordered_json &item);

/// Makes the item remember that somebody, who is told by a name of his own, computes them.
void begin_statistics(nlohmann::ordered_json &item, const std::string &who);

/// Puts them in, a band each, where the item still remembers: then no drop_statistics() has come in between. False, and
/// nothing changes, where it does not. Throws InputError where the item has not one asset with so many bands.
bool end_statistics(nlohmann::ordered_json &item, const std::string &who,
                    const std::vector<std::optional<BandStatistics>> &bands);

} // namespace tiledir::stac
