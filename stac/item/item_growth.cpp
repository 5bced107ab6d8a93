#include "stac/item/item_growth.h"

#include "stac/error.h"
#include "stac/item/item_members.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tiledir::stac
{

using Json = nlohmann::ordered_json;

namespace
{

constexpr double kTurn = 360;
constexpr std::array kLinkNames = {"tiles:tile_matrix_links", "tiles:tile_matrix_set_links"};
constexpr std::array kLimitNames = {"min_tile_row", "max_tile_row", "min_tile_col", "max_tile_col"};

Json ring(double west, double south, double east, double north)
{
    return Json::array({Json::array({west, south}), Json::array({east, south}), Json::array({east, north}),
                        Json::array({west, north}), Json::array({west, south})});
}

/// Degrees east of `west`.
double east_of(double west, double longitude)
{
    const double rest = std::fmod(longitude - west, kTurn);
    return rest < 0 ? rest + kTurn : rest;
}

/// Degrees that reach from the west of `from` to the east end of `to`.
double reach(const std::vector<double> &from, const std::vector<double> &to)
{
    return std::max(east_of(from[0], from[2]), east_of(from[0], to[0]) + east_of(to[0], to[2]));
}

/// Null: the item does not link the set, and so has no limits.
template <class Object> Object *link_of(Object &properties, const std::string &set_key)
{
    for (const char *key : kLinkNames)
    {
        Object *links = member(properties, key);
        if (Object *link = links == nullptr ? nullptr : member(*links, set_key.c_str()))
        {
            return link;
        }
    }
    return nullptr;
}

template <class Object> Object *limits_of(Object *link, const std::string &matrix)
{
    Object *limits = link == nullptr ? nullptr : member(*link, "limits");
    return limits == nullptr ? nullptr : member(*limits, matrix.c_str());
}

bool grow_range(Json &limits, const TileRange &tiles)
{
    bool grew = false;
    const auto widen = [&](const char *key, std::int64_t value, bool is_least)
    {
        const auto found = limits.find(key);
        if (found == limits.end() || !found->is_number())
        {
            return; // the matrix's own
        }
        const auto before = found->get<std::int64_t>();
        if (is_least ? value < before : value > before)
        {
            *found = value;
            grew = true;
        }
    };
    widen("min_tile_col", tiles.min_col, true);
    widen("max_tile_col", tiles.max_col, false);
    widen("min_tile_row", tiles.min_row, true);
    widen("max_tile_row", tiles.max_row, false);
    return grew;
}

/// Ids of the matrices whose limits grew.
std::vector<std::string> grow_limits(Json *link, const std::map<std::string, TileRange> &tiles)
{
    std::vector<std::string> grown;
    for (const auto &[matrix, range] : tiles)
    {
        Json *of_matrix = range.empty() ? nullptr : limits_of(link, matrix);
        if (of_matrix != nullptr && grow_range(*of_matrix, range))
        {
            grown.push_back(matrix);
        }
    }
    return grown;
}

/// Nullopt where a number is missing, which is then the matrix's own.
std::optional<TileRange> whole_range(const Json &limits)
{
    std::array<std::int64_t, kLimitNames.size()> numbers{};
    for (std::size_t index = 0; index < kLimitNames.size(); ++index)
    {
        const auto found = limits.find(kLimitNames[index]);
        if (found == limits.end() || !found->is_number_integer())
        {
            return std::nullopt;
        }
        numbers[index] = found->get<std::int64_t>();
    }
    return TileRange{numbers[0], numbers[1], numbers[2], numbers[3]};
}

void narrow_limits(Json *link, const std::map<std::string, TileRange> &tiles)
{
    for (const auto &[matrix, range] : tiles)
    {
        Json *limits = limits_of(link, matrix);
        const auto before = limits == nullptr ? std::nullopt : whole_range(*limits);
        if (const auto rest = before ? before->intersection(range) : std::nullopt)
        {
            limits->update(limits_json(*rest));
        }
    }
}

/// What both have in common, where that is told by comparing numbers; else the second.
std::vector<double> common_bbox(const std::vector<double> &one, const std::vector<double> &other)
{
    const std::vector<double> both = {std::max(one[0], other[0]), std::max(one[1], other[1]),
                                      std::min(one[2], other[2]), std::min(one[3], other[3])};
    const bool plain = one[0] <= one[2] && other[0] <= other[2];
    return plain && both[0] < both[2] && both[1] < both[3] ? both : other;
}

} // namespace

Json limits_json(const TileRange &range)
{
    Json json;
    json["min_tile_col"] = range.min_col;
    json["max_tile_col"] = range.max_col;
    json["min_tile_row"] = range.min_row;
    json["max_tile_row"] = range.max_row;
    return json;
}

std::vector<double> bbox_of(const Json &item)
{
    const auto found = item.find("bbox");
    if (found == item.end() || !found->is_array() || (found->size() != 4 && found->size() != 6) ||
        !std::all_of(found->begin(), found->end(), [](const Json &number) { return number.is_number(); }))
    {
        return {};
    }
    const std::size_t half = found->size() / 2;
    const auto at = [&](std::size_t index) { return (*found)[index].get<double>(); };
    return {at(0), at(1), at(half), at(half + 1)};
}

Json geometry_json(const std::vector<double> &bbox)
{
    if (bbox.size() != 4)
    {
        throw InputError("bbox: has " + std::to_string(bbox.size()) + " numbers, should have 4");
    }
    const double west = bbox[0];
    const double east = bbox[2];
    Json geometry;
    if (west > east)
    {
        geometry["type"] = "MultiPolygon";
        geometry["coordinates"] = Json::array(
            {Json::array({ring(west, bbox[1], 180, bbox[3])}), Json::array({ring(-180, bbox[1], east, bbox[3])})});
    }
    else
    {
        geometry["type"] = "Polygon";
        geometry["coordinates"] = Json::array({ring(west, bbox[1], east, bbox[3])});
    }
    return geometry;
}

std::vector<double> united_bbox(const std::vector<double> &one, const std::vector<double> &other)
{
    if (one.empty() || other.empty())
    {
        return one.empty() ? other : one;
    }
    std::vector<double> both = {std::min(one[0], other[0]), std::min(one[1], other[1]), std::max(one[2], other[2]),
                                std::max(one[3], other[3])};
    if (one[0] > one[2] || other[0] > other[2])
    {
        const bool first = reach(one, other) <= reach(other, one);
        const double west = first ? one[0] : other[0];
        const double width = std::min(reach(one, other), reach(other, one));
        const double east = west + width;
        both[0] = width >= kTurn ? -kTurn / 2 : west;
        both[2] = width >= kTurn ? kTurn / 2 : east > kTurn / 2 ? east - kTurn : east;
    }
    return both;
}

bool grow_item(Json &item, const ItemTiles &more)
{
    Json &properties = properties_of(item);
    Json *link = link_of(properties, more.set_key);
    const auto grown = grow_limits(link, more.tiles);
    if (std::find(grown.begin(), grown.end(), more.base) != grown.end())
    {
        for (const char *key : kShapeMembers)
        {
            properties.erase(key);
        }
    }
    const std::vector<double> before = bbox_of(item);
    const Json *limits = limits_of(link, more.base);
    const bool holds_all = more.are_known_by_bbox && grown.empty() && limits != nullptr && whole_range(*limits);
    const bool stays = holds_all || before.empty() || properties.contains(kShapeMembers.front());
    const std::vector<double> bbox = stays ? before : united_bbox(before, more.bbox());
    if (bbox == before)
    {
        return !grown.empty();
    }
    item["bbox"] = bbox;
    item["geometry"] = geometry_json(bbox);
    return true;
}

std::optional<TileRange> narrowable_limits(const Json &item, const std::string &set_key, const std::string &base)
{
    const Json &properties = properties_of(item);
    const Json *limits = limits_of(link_of(properties, set_key), base);
    const bool told = std::any_of(kShapeMembers.begin(), kShapeMembers.end(),
                                  [&properties](const char *key) { return properties.contains(key); });
    return limits == nullptr || told ? std::nullopt : whole_range(*limits);
}

bool shrink_item(Json &item, const ItemTiles &rest, const TileRange &before)
{
    if (!(narrowable_limits(item, rest.set_key, rest.base) == before))
    {
        return false;
    }
    narrow_limits(link_of(properties_of(item), rest.set_key), rest.tiles);
    const std::vector<double> bbox = bbox_of(item);
    const std::vector<double> narrowed = bbox.empty() ? bbox : rest.bbox();
    if (!narrowed.empty())
    {
        item["bbox"] = common_bbox(bbox, narrowed);
        item["geometry"] = geometry_json(item["bbox"]);
    }
    return true;
}

} // namespace tiledir::stac
