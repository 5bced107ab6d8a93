#include "stac/item/item_statistics.h"

#include "stac/error.h"
#include "stac/item/item_members.h"

#include <array>

namespace tiledir::stac
{

using Json = nlohmann::ordered_json;

namespace
{

constexpr const char *kStatistics = "statistics";
constexpr const char *kWho = "tiledir:statistics_by"; ///< a property
constexpr std::array kListsOfBands = {"bands", "raster:bands"};
constexpr std::array kOfBands = {kStatistics, "histogram", "raster:histogram"};

bool erase(Json &object, const char *key)
{
    return object.is_object() && object.erase(key) > 0;
}

bool drop_all(Json &object)
{
    bool dropped = false;
    for (const char *key : kOfBands)
    {
        dropped = erase(object, key) || dropped;
    }
    return dropped;
}

bool drop_of_asset(Json &asset)
{
    bool dropped = drop_all(asset);
    for (const char *list : kListsOfBands)
    {
        const auto bands = asset.is_object() ? asset.find(list) : asset.end();
        if (bands != asset.end() && bands->is_array())
        {
            for (Json &band : *bands)
            {
                dropped = drop_all(band) || dropped;
            }
        }
    }
    return dropped;
}

/// False where the list is not there.
bool put(Json &asset, const char *list, const std::vector<std::optional<BandStatistics>> &bands)
{
    const auto found = asset.is_object() ? asset.find(list) : asset.end();
    if (found == asset.end() || !found->is_array() || found->size() != bands.size())
    {
        return false;
    }
    for (std::size_t index = 0; index < bands.size(); ++index)
    {
        Json &band = (*found)[index];
        drop_all(band);
        if (bands[index] && band.is_object())
        {
            band[kStatistics] = statistics_json(*bands[index]);
        }
    }
    return true;
}

} // namespace

Json statistics_json(const BandStatistics &statistics)
{
    Json json;
    json["minimum"] = statistics.minimum;
    json["maximum"] = statistics.maximum;
    json["mean"] = statistics.mean;
    json["stddev"] = statistics.stddev;
    if (statistics.valid_percent)
    {
        json["valid_percent"] = *statistics.valid_percent;
    }
    return json;
}

bool drop_statistics(Json &item)
{
    bool dropped = erase(properties_of(item), kWho);
    if (Json *assets = member(item, kAssetTemplates))
    {
        for (Json &asset : *assets)
        {
            dropped = drop_of_asset(asset) || dropped;
        }
    }
    return dropped;
}

void begin_statistics(Json &item, const std::string &who)
{
    properties_of(item)[kWho] = who;
}

bool end_statistics(Json &item, const std::string &who, const std::vector<std::optional<BandStatistics>> &bands)
{
    Json &properties = properties_of(item);
    if (properties.value(kWho, Json()) != who)
    {
        return false;
    }
    properties.erase(kWho);
    bool done = false;
    if (Json *assets = member(item, kAssetTemplates); assets != nullptr && assets->size() == 1)
    {
        for (const char *list : kListsOfBands)
        {
            done = put(*assets->begin(), list, bands) || done;
        }
    }
    if (!done)
    {
        throw InputError(std::string(kAssetTemplates) + ": has no list of " + std::to_string(bands.size()) +
                         " bands that statistics could be told in");
    }
    return true;
}

} // namespace tiledir::stac
