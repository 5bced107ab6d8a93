#include "stac/item/item_merge.h"

#include "stac/item/item_growth.h"
#include "stac/item/item_members.h"
#include "stac/item/item_statistics.h"

#include <algorithm>
#include <array>
#include <vector>

namespace tiledir::stac
{

using Json = nlohmann::ordered_json;

namespace
{

constexpr const char *kLinks = "tiles:tile_matrix_links";
constexpr const char *kLimits = "limits";
constexpr std::array kBands = {"bands", "raster:bands", "eo:bands"};
constexpr std::array kLists = {"stac_extensions", "links"};

/// Members that are missing.
void fill(Json &ours, const Json &there)
{
    if (!ours.is_object() || !there.is_object())
    {
        return;
    }
    for (const auto &[key, value] : there.items())
    {
        if (!ours.contains(key))
        {
            ours[key] = value;
        }
    }
}

/// Elements that are missing.
void fill_list(Json &ours, const Json &there)
{
    if (!ours.is_array() || !there.is_array())
    {
        return;
    }
    for (const Json &element : there)
    {
        if (std::find(ours.begin(), ours.end(), element) == ours.end())
        {
            ours.push_back(element);
        }
    }
}

void fill_asset(Json &ours, const Json &there)
{
    for (const char *name : kBands)
    {
        const auto own = ours.find(name);
        const auto other = there.find(name);
        if (own == ours.end() || other == there.end() || !own->is_array() || !other->is_array() ||
            own->size() != other->size())
        {
            continue;
        }
        for (std::size_t band = 0; band < own->size(); ++band)
        {
            fill((*own)[band], (*other)[band]);
        }
    }
    fill(ours, there);
}

void fill_assets(Json &ours, const Json &there)
{
    for (auto &[key, asset] : ours.items())
    {
        if (const Json *other = member(there, key.c_str()); other != nullptr && asset.is_object())
        {
            fill_asset(asset, *other);
        }
    }
}

/// False where there are none.
bool read_range(const Json &limits, TileRange &range)
{
    const auto read = [&limits](const char *key, std::int64_t &number)
    {
        const auto found = limits.find(key);
        const bool is_there = found != limits.end() && found->is_number_integer();
        number = is_there ? found->get<std::int64_t>() : 0;
        return is_there;
    };
    return limits.is_object() && read("min_tile_row", range.min_row) && read("max_tile_row", range.max_row) &&
           read("min_tile_col", range.min_col) && read("max_tile_col", range.max_col);
}

/// True where limits of ours grew.
bool unite_limits(Json &ours, const Json &there)
{
    bool grew = false;
    if (ours.empty()) // of no matrix: all tiles are there
    {
        return false;
    }
    for (const auto &[matrix, limits] : there.items())
    {
        TileRange other;
        if (!read_range(limits, other))
        {
            continue;
        }
        const auto found = ours.find(matrix);
        TileRange own = other;
        if (found != ours.end() && !read_range(*found, own))
        {
            continue;
        }
        const TileRange both{std::min(own.min_row, other.min_row), std::max(own.max_row, other.max_row),
                             std::min(own.min_col, other.min_col), std::max(own.max_col, other.max_col)};
        if (found == ours.end() || !(both == own))
        {
            ours[matrix] = limits_json(both);
            grew = true;
        }
    }
    return grew;
}

/// Of all sets that both link.
bool unite_all_limits(Json &ours, const Json &there)
{
    bool grew = false;
    Json *links = member(ours, kLinks);
    const Json *others = member(there, kLinks);
    if (links == nullptr || others == nullptr)
    {
        return false;
    }
    for (auto &[set, link] : links->items())
    {
        const Json *other = member(*others, set.c_str());
        Json *limits = member(link, kLimits);
        const Json *their_limits = other == nullptr ? nullptr : member(*other, kLimits);
        if (limits != nullptr && their_limits != nullptr)
        {
            grew = unite_limits(*limits, *their_limits) || grew;
        }
    }
    return grew;
}

/// Of the same matrices, as far as both have them.
bool is_on_same_grid(const Json &ours, const Json &there)
{
    const Json *own = member(ours, kLinks);
    const Json *other = member(there, kLinks);
    return own != nullptr && other != nullptr && own->size() == 1 && other->size() == 1 &&
           own->begin().key() == other->begin().key();
}

} // namespace

Json merged_item(const Json &ours, const Json &there)
{
    const Json *their_properties = member(there, "properties");
    if (their_properties == nullptr || !is_on_same_grid(properties_of(ours), *their_properties))
    {
        return ours;
    }
    Json merged = ours;
    for (const char *list : kLists)
    {
        if (merged.contains(list) && there.contains(list))
        {
            fill_list(merged[list], there[list]);
        }
    }
    fill(merged, there);
    Json &properties = properties_of(merged);
    fill(properties, *their_properties);
    Json *assets = member(merged, kAssetTemplates);
    const Json *their_assets = member(there, kAssetTemplates);
    if (assets != nullptr && their_assets != nullptr)
    {
        fill_assets(*assets, *their_assets);
    }
    if (unite_all_limits(properties, *their_properties))
    {
        for (const char *key : kShapeMembers)
        {
            properties.erase(key);
        }
        const std::vector<double> bbox = united_bbox(bbox_of(merged), bbox_of(there));
        if (bbox.size() == 4)
        {
            merged["bbox"] = bbox;
            merged["geometry"] = geometry_json(bbox);
        }
    }
    drop_statistics(merged);
    return merged;
}

} // namespace tiledir::stac
