#include "stac/item/item_change.h"

#include "stac/error.h"

#include <algorithm>
#include <vector>

namespace tiledir::stac
{

using Json = nlohmann::ordered_json;

namespace
{

/// A member of a band: its names, the first of them in STAC 1.1's `bands`, the last in the list of the extension.
struct Member
{
    std::vector<const char *> names;
    const char *list; ///< of the extension
};

const Member kDescription{{"description"}, "eo:bands"};
const Member kUnit{{"unit"}, "raster:bands"};
const Member kCommonName{{"eo:common_name", "common_name"}, "eo:bands"};
const Member kScale{{"raster:scale", "scale"}, "raster:bands"};
const Member kOffset{{"raster:offset", "offset"}, "raster:bands"};

class AssetBands
{
public:
    AssetBands(Json &asset, std::size_t count)
        : m_asset(asset)
        , m_count(count)
    {
        for (const char *list : {"bands", "eo:bands", "raster:bands"})
        {
            const auto found = asset.find(list);
            if (found != asset.end() && found->is_array() && !found->empty() && found->size() != count)
            {
                throw InputError(std::string(list) + ": has " + std::to_string(found->size()) +
                                 " bands, where the dataset has " + std::to_string(count));
            }
        }
    }

    /// `value` null: it is taken away.
    void put(std::size_t band, const Member &member, const Json &value)
    {
        const bool has_bands = has("bands");
        const bool has_extension = has(member.list);
        if (has_bands || !(has("eo:bands") || has("raster:bands")))
        {
            put(made("bands")[band], member.names, member.names.front(), value);
        }
        if (has_extension || !has("bands"))
        {
            put(made(member.list)[band], member.names, member.names.back(), value);
        }
        const char *other = std::string(member.list) == "eo:bands" ? "raster:bands" : "eo:bands";
        if (has(other) && has_any(m_asset[other][band], member))
        {
            put(m_asset[other][band], member.names, member.names.back(), value);
        }
    }

private:
    bool has(const char *list) const
    {
        const auto found = m_asset.find(list);
        return found != m_asset.end() && found->is_array() && !found->empty();
    }
    Json &made(const char *list)
    {
        if (!has(list))
        {
            m_asset[list] = Json::array();
            for (std::size_t band = 0; band < m_count; ++band)
            {
                m_asset[list].push_back(Json::object());
            }
        }
        return m_asset[list];
    }
    static bool has_any(const Json &json, const Member &member)
    {
        return std::any_of(member.names.begin(), member.names.end(),
                           [&json](const char *name) { return json.contains(name); });
    }
    /// What a band does not say its asset may: where that does, the band has to say that there is none.
    void put(Json &band, const std::vector<const char *> &names, const char *new_name, const Json &value) const
    {
        const auto present =
            std::find_if(names.begin(), names.end(), [&band](const char *name) { return band.contains(name); });
        const char *const name = present == names.end() ? new_name : *present;
        if (!value.is_null())
        {
            band[name] = value;
        }
        else if (has_any(m_asset, {names, ""}))
        {
            band[name] = "";
        }
        else
        {
            band.erase(name);
        }
    }

    Json &m_asset;
    std::size_t m_count;
};

Json text_json(const std::string &text)
{
    return text.empty() ? Json() : Json(text);
}

void change_band(AssetBands &bands, std::size_t band, const BandChange &change)
{
    const auto put_text = [&](const Member &member, const std::optional<std::string> &text)
    {
        if (text)
        {
            bands.put(band, member, text_json(*text));
        }
    };
    const auto put_number = [&](const Member &member, const std::optional<double> &number)
    {
        if (number)
        {
            bands.put(band, member, Json(*number));
        }
    };
    put_text(kDescription, change.description);
    put_text(kUnit, change.unit);
    put_text(kCommonName, change.common_name);
    put_number(kScale, change.scale);
    put_number(kOffset, change.offset);
}

Json &asset_of(Json &item, const std::string &key)
{
    const auto templates = item.find("asset_templates");
    if (templates == item.end() || !templates->is_object() || !templates->contains(key) ||
        !(*templates)[key].is_object())
    {
        throw InputError("asset_templates." + key + ": is gone, while the dataset was open");
    }
    return (*templates)[key];
}

} // namespace

void change_item(Json &item, const std::string &asset, std::size_t band_count, const ItemChange &change)
{
    if (!item.is_object())
    {
        throw InputError("is no item any more");
    }
    const auto inner = item.find("properties");
    Json &properties = inner != item.end() && inner->is_object() ? *inner : item; // a Collection has them at its top
    for (const auto &[name, text] : change.texts)
    {
        Json &object = name == "id" ? item : properties;
        text.empty() ? (void)object.erase(name) : (void)(object[name] = text);
    }
    if (change.bands.empty())
    {
        return;
    }
    AssetBands bands(asset_of(item, asset), band_count);
    for (const auto &[band, values] : change.bands)
    {
        change_band(bands, band, values);
    }
}

} // namespace tiledir::stac
