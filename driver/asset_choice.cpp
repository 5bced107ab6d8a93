#include "driver/asset_choice.h"

#include "stac/error.h"

#include <cpl_string.h>

#include <algorithm>
#include <iterator>
#include <set>

namespace tiledir::driver
{

namespace
{

constexpr std::size_t kMaxChoices = 10000;

std::string asset_keys(const stac::TiledAssetsItem &item)
{
    std::string keys;
    for (const stac::TileAsset &asset : item.assets)
    {
        keys += (keys.empty() ? "" : ", ") + asset.key;
    }
    return keys;
}

/// Throws unless the item has the asset that is asked for, or any.
void require_asset(const stac::TiledAssetsItem &item, const ItemLocation &location)
{
    if (item.assets.empty())
    {
        throw InputError(location.path() + ": asset_templates: empty, there are no tiles to read");
    }
    const bool there = std::any_of(item.assets.begin(), item.assets.end(),
                                   [&](const stac::TileAsset &asset) { return asset.key == location.asset; });
    if (!location.asset.empty() && !there)
    {
        throw InputError(location.path() + ": no asset template " + location.asset + "; it has " + asset_keys(item));
    }
}

/// May the assets be one dataset, a band each? Yes, where each tells of one band, of a name that no other has, and
/// all have the same data type.
bool are_bands(const std::vector<stac::TileAsset> &assets)
{
    std::set<std::string> names;
    return std::all_of(assets.begin(), assets.end(),
                       [&](const stac::TileAsset &asset)
                       {
                           return asset.bands.size() == 1 && !asset.bands[0].name.empty() &&
                                  asset.bands[0].data_type == assets[0].bands[0].data_type &&
                                  names.insert(asset.bands[0].name).second;
                       });
}

} // namespace

std::vector<stac::TileAsset> chosen_assets(const stac::TiledAssetsItem &item, const ItemLocation &location)
{
    require_asset(item, location);
    std::vector<stac::TileAsset> assets;
    std::copy_if(item.assets.begin(), item.assets.end(), std::back_inserter(assets),
                 [&](const stac::TileAsset &asset) { return location.asset.empty() || asset.key == location.asset; });
    return assets;
}

std::vector<std::pair<std::string, std::string>> open_choices(const stac::TiledAssetsItem &item,
                                                              const nlohmann::json &json, const ItemLocation &location)
{
    const std::vector<std::string> sets = stac::TiledAssetsItem::tile_matrix_sets(json);
    const bool set_is_clear = !location.tile_matrix_set.empty() || sets.size() < 2;
    if (const std::size_t all = item.assets.size() * (set_is_clear ? 1 : sets.size());
        location.asset.empty() && all > kMaxChoices)
    {
        throw InputError(location.path() + ": has " + std::to_string(all) +
                         " assets on tile matrix sets, more than the " + std::to_string(kMaxChoices) +
                         " that are listed; name one: " + location.connection("ASSET:SET"));
    }
    std::vector<std::pair<std::string, std::string>> found;
    if (set_is_clear && location.asset.empty() && are_bands(item.assets))
    {
        return found;
    }
    for (const stac::TileAsset &asset : item.assets)
    {
        const std::string title = asset.title.empty() ? asset.key : asset.title;
        if (!location.asset.empty() && asset.key != location.asset)
        {
            continue;
        }
        if (set_is_clear)
        {
            found.emplace_back(location.connection(asset.key), title);
            continue;
        }
        for (const std::string &set : sets)
        {
            found.emplace_back(location.connection(asset.key + ":" + set), title + " on " + set);
        }
    }
    if (found.size() < 2)
    {
        found.clear();
    }
    return found;
}

ChoiceList::ChoiceList(const std::vector<std::pair<std::string, std::string>> &choices)
{
    nRasterXSize = 0;
    nRasterYSize = 0;
    CPLStringList list; // given as a whole: item by item GDAL looks through all that are there
    int number = 0;
    for (const auto &[connection, title] : choices)
    {
        const std::string name = "SUBDATASET_" + std::to_string(++number);
        list.AddString((name + "_NAME=" + connection).c_str());
        list.AddString((name + "_DESC=" + title).c_str());
    }
    GDALPamDataset::SetMetadata(list.List(), "SUBDATASETS");
    nPamFlags |= GPF_NOSAVE;
}

} // namespace tiledir::driver
