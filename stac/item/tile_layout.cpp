#include "stac/item/tile_layout.h"

#include "stac/item/item_members.h"

#include <initializer_list>
#include <string>

namespace tiledir::stac
{

namespace
{

using PlainJson = nlohmann::json;

const PlainJson &nothing()
{
    static const PlainJson kEmpty = PlainJson::object();
    return kEmpty;
}

/// The members of these names that the object has.
PlainJson members_of(const PlainJson &json, std::initializer_list<const char *> names)
{
    PlainJson found = PlainJson::object();
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
const PlainJson &array_in(const PlainJson &json, const char *name)
{
    const auto found = json.is_object() ? json.find(name) : json.end();
    return found != json.end() && found->is_array() ? *found : nothing();
}

/// In JSON of any version; null where the set has none of that id.
PlainJson matrix_of(const PlainJson *set, const PlainJson &id)
{
    for (const char *list : {"tileMatrices", "tileMatrix"})
    {
        for (const PlainJson &matrix : array_in(set == nullptr ? nothing() : *set, list))
        {
            const PlainJson named = members_of(matrix, {"id", "identifier"});
            if (!named.empty() && named.front() == id)
            {
                return matrix;
            }
        }
    }
    return nullptr;
}

PlainJson grids_of(const PlainJson &properties, const PlainJson &base)
{
    PlainJson grids = PlainJson::object();
    const PlainJson *links = member(properties, "tiles:tile_matrix_links");
    for (const auto &[key, link] : (links == nullptr ? nothing() : *links).items())
    {
        const PlainJson *sets = member(properties, "tiles:tile_matrix_sets");
        const PlainJson *embedded = sets == nullptr ? nullptr : member(*sets, key.c_str());
        const PlainJson *whole = member(link, "tiledir:tile_matrix_set");
        grids[key] = matrix_of(whole == nullptr ? embedded : whole, base);
    }
    return grids;
}

PlainJson template_of(const PlainJson &asset)
{
    PlainJson found = members_of(asset, {"href", "type"});
    for (const char *list : {"bands", "raster:bands"})
    {
        for (const PlainJson &band : array_in(asset, list))
        {
            found[list].push_back(members_of(band, {"data_type", "nodata"}));
        }
    }
    return found;
}

} // namespace

PlainJson tile_layout(const PlainJson &item)
{
    const PlainJson &properties = properties_of(item);
    PlainJson layout = members_of(properties, {"tiledir:base_level", "tiledir:format"});
    layout["grids"] = grids_of(properties, layout.value("tiledir:base_level", PlainJson()));
    const PlainJson *templates = member(item, "asset_templates");
    for (const auto &[key, asset] : (templates == nullptr ? nothing() : *templates).items())
    {
        layout["templates"][key] = template_of(asset);
    }
    return layout;
}

} // namespace tiledir::stac
