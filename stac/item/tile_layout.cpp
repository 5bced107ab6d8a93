#include "stac/item/tile_layout.h"

#include "stac/item/item_members.h"

#include <initializer_list>
#include <string>

namespace tiledir::stac
{

namespace
{

using Json = nlohmann::json;

const Json &nothing()
{
    static const Json kEmpty = Json::object();
    return kEmpty;
}

/// Those of the members that are there.
Json members_of(const Json &json, std::initializer_list<const char *> names)
{
    Json found = Json::object();
    for (const char *name : names)
    {
        if (json.is_object() && json.contains(name))
        {
            found[name] = json[name];
        }
    }
    return found;
}

/// Empty where there is none.
const Json &array_in(const Json &json, const char *name)
{
    const auto found = json.is_object() ? json.find(name) : json.end();
    return found != json.end() && found->is_array() ? *found : nothing();
}

/// In JSON of any version; null where the set has none of that id.
Json matrix_of(const Json *set, const Json &id)
{
    for (const char *list : {"tileMatrices", "tileMatrix"})
    {
        for (const Json &matrix : array_in(set == nullptr ? nothing() : *set, list))
        {
            const Json named = members_of(matrix, {"id", "identifier"});
            if (!named.empty() && named.front() == id)
            {
                return matrix;
            }
        }
    }
    return nullptr;
}

Json grids_of(const Json &properties, const Json &base)
{
    Json grids = Json::object();
    const Json *links = member(properties, "tiles:tile_matrix_links");
    for (const auto &[key, link] : (links == nullptr ? nothing() : *links).items())
    {
        const Json *sets = member(properties, "tiles:tile_matrix_sets");
        const Json *embedded = sets == nullptr ? nullptr : member(*sets, key.c_str());
        const Json *whole = member(link, "tiledir:tile_matrix_set");
        grids[key] = matrix_of(whole == nullptr ? embedded : whole, base);
    }
    return grids;
}

Json template_of(const Json &asset)
{
    Json found = members_of(asset, {"href", "type"});
    for (const char *list : {"bands", "raster:bands"})
    {
        for (const Json &band : array_in(asset, list))
        {
            found[list].push_back(members_of(band, {"data_type", "nodata"}));
        }
    }
    return found;
}

} // namespace

Json tile_layout(const Json &item)
{
    const Json &properties = properties_of(item);
    Json layout = members_of(properties, {"tiledir:base_level", "tiledir:format"});
    layout["grids"] = grids_of(properties, layout.value("tiledir:base_level", Json()));
    const Json *templates = member(item, "asset_templates");
    for (const auto &[key, asset] : (templates == nullptr ? nothing() : *templates).items())
    {
        layout["templates"][key] = template_of(asset);
    }
    return layout;
}

} // namespace tiledir::stac
