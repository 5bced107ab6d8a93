// An item that is written again, beside others who change it.
#pragma once

#include <nlohmann/json.hpp>

namespace tiledir::stac
{

/// `ours` and, where it says nothing, what `there` says: members of the item, of its properties, assets, asset
/// templates and bands, links, extensions. Statistics go, since tiles were written. Limits of tile matrices hold those
/// of both, and so does the bbox where those of `there` reach beyond ours. Where `there` is no item, or of another tile
/// matrix set, ours alone. Neither need be valid; throws nothing but std::bad_alloc.
nlohmann::ordered_json merged_item(const nlohmann::ordered_json &ours, const nlohmann::ordered_json &there);

} // namespace tiledir::stac
