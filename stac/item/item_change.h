// What of an item's JSON changes when a dataset's description does.
#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace tiledir::stac
{

/// Of one band. What is absent stays; an empty text takes the member away.
struct BandChange
{
    std::optional<std::string> description;
    std::optional<std::string> unit;
    std::optional<std::string> common_name; ///< eo:common_name
    std::optional<double> scale;
    std::optional<double> offset;
};

struct ItemChange
{
    std::map<std::string, std::string> texts; ///< "id", "title", "datetime", ...; an empty one is taken away
    std::map<std::size_t, BandChange> bands;  ///< from 0
    bool empty() const { return texts.empty() && bands.empty(); }
};

/// Changes `id`, members of the properties, and bands of an asset template that has `band_count` of them; all else
/// stays as it is. A band's member is changed in each list that tells it (`bands`, `raster:bands`, `eo:bands`), by the
/// name that it has there; where none does it is put where TiledAssetsItem::from_json() looks for it, into a new list
/// if need be. Throws InputError where the item has no such asset template, or another number of bands.
void change_item(nlohmann::ordered_json &item, const std::string &asset, std::size_t band_count,
                 const ItemChange &change);

} // namespace tiledir::stac
