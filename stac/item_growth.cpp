#include "stac/item_growth.h"

#include "stac/error.h"

namespace tiledir::stac
{

using Json = nlohmann::ordered_json;

namespace
{

Json ring(double west, double south, double east, double north)
{
    return Json::array({Json::array({west, south}), Json::array({east, south}), Json::array({east, north}),
                        Json::array({west, north}), Json::array({west, south})});
}

Json &link_of(Json &properties, const std::string &set_key)
{
    for (const char *name : {"tiles:tile_matrix_links", "tiles:tile_matrix_set_links"})
    {
        const auto links = properties.find(name);
        if (links != properties.end() && links->is_object() && !links->empty())
        {
            const auto link = set_key.empty() ? links->begin() : links->find(set_key);
            if (link != links->end() && link->is_object())
            {
                return *link;
            }
        }
    }
    throw InputError("tiles:tile_matrix_links: has no link of the tile matrix set " + set_key);
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

void set_limits(Json &item, const std::string &set_key, const std::map<std::string, TileRange> &limits,
                const std::vector<double> &bbox)
{
    const auto inner = item.find("properties");
    Json &link = link_of(inner != item.end() && inner->is_object() ? *inner : item, set_key);
    for (const auto &[matrix, range] : limits)
    {
        link["limits"][matrix] = limits_json(range);
    }
    if (!bbox.empty())
    {
        item["bbox"] = bbox;
        item["geometry"] = geometry_json(bbox);
    }
}

} // namespace tiledir::stac
