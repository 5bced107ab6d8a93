// What of an item's JSON changes when its tiles do.
#pragma once

#include "stac/grid/bounds.h"

#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::stac
{

nlohmann::ordered_json limits_json(const TileRange &range);
/// An item's bbox (west, south, east, north), of two or of three dimensions; empty where it has none.
std::vector<double> bbox_of(const nlohmann::ordered_json &item);
/// Of a bbox (west, south, east, north): a Polygon, or a MultiPolygon across the antimeridian. Throws InputError.
nlohmann::ordered_json geometry_json(const std::vector<double> &bbox);

/// The smallest box that holds both, over the antimeridian (west > east) where one of them goes over it. Either may be
/// empty.
std::vector<double> united_bbox(const std::vector<double> &one, const std::vector<double> &other);

/// What an item is to stand for.
struct ItemTiles
{
    std::string set_key;                    ///< of the link of its tile matrix set
    std::string base;                       ///< id of the matrix that is the base level
    std::map<std::string, TileRange> tiles; ///< by matrix id
    /// CRS84: west, south, east, north; empty: stays. Asked for only where it changes something: telling it takes long.
    std::function<std::vector<double>()> bbox;
    bool are_known_by_bbox = true; ///< where limits hold them; not those of a writer that died before it told of them
};

/// Widens limits, bbox and geometry of an item; all else stays as it is, and so do limits that it does not give (of a
/// matrix whose tiles are all there). Where those of the base grow, proj:shape and proj:transform go, which tell of
/// what was there before; as long as they are there the bbox stays, which is of their pixels. It stays, too, where the
/// item gives all four limits of the base, and none of any level grows, unless the tiles are not known by it. False:
/// nothing is new.
bool grow_item(nlohmann::ordered_json &item, const ItemTiles &more);

/// The limits of its base level, where they may be narrowed: the item gives all four numbers, and neither proj:shape
/// nor proj:transform, which would tell its extent.
std::optional<TileRange> narrowable_limits(const nlohmann::ordered_json &item, const std::string &set_key,
                                           const std::string &base);

/// Narrows limits, bbox and geometry to these tiles, what else there is stays. False, and nothing changes, where those
/// that may be narrowed are not `before`.
bool shrink_item(nlohmann::ordered_json &item, const ItemTiles &rest, const TileRange &before);

} // namespace tiledir::stac
