// Members of an item's JSON that may be missing.
#pragma once

#include <nlohmann/json.hpp>

#include <array>

namespace tiledir::stac
{

constexpr const char *kAssetTemplates = "asset_templates";
/// A keyword of ours: GDAL's STACTA before 3.10 wants this word in quotes near the beginning; in stac_extensions no
/// validator takes it.
constexpr const char *kKeyword = "tiled-assets";
/// How many pixels there are and where, of the projection extension.
constexpr std::array kShapeMembers = {"proj:shape", "proj:transform"};

/// Null where there is no such object in it. `Object` may be const.
template <class Object> Object *member(Object &json, const char *name)
{
    const auto found = json.is_object() ? json.find(name) : json.end();
    return found == json.end() || !found->is_object() ? nullptr : &*found;
}

/// A Collection has them at its top.
template <class Object> Object &properties_of(Object &item)
{
    Object *inner = member(item, "properties");
    return inner == nullptr ? item : *inner;
}

} // namespace tiledir::stac
