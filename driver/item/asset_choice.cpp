#include "driver/item/asset_choice.h"

#include "driver/item/band_sources.h"
#include "driver/reading/href.h"
#include "stac/error.h"
#include "stac/grid/href_template.h"

#include <cpl_string.h>

#include <algorithm>
#include <iterator>
#include <set>

namespace tiledir::driver
{

namespace
{

constexpr std::size_t kMaxAssets = 10000;

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
        throw InputError(location.path(), "asset_templates: empty, there are no tiles to read");
    }
    const bool there = std::any_of(item.assets.begin(), item.assets.end(),
                                   [&](const stac::TileAsset &asset) { return asset.key == location.asset; });
    if (!location.asset.empty() && !there)
    {
        throw InputError(location.path(), "no asset template " + location.asset + "; it has " + asset_keys(item));
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

std::string joined(const std::string &first, const char *between, const std::string &second)
{
    return first + (first.empty() || second.empty() ? "" : between) + second;
}

/// What one connection opens, but for dimensions.
struct Part
{
    std::vector<stac::TileAsset> assets;
    std::string name; ///< ASSET or ASSET:SET; empty: all assets
    std::string title;
};

std::vector<Part> parts_of(const stac::TiledAssetsItem &item, const ItemLocation &location,
                           const std::vector<std::string> &sets)
{
    if (sets.size() == 1 && location.asset.empty() && (item.assets.size() == 1 || are_bands(item.assets)))
    {
        return {{item.assets, "", item.title}};
    }
    std::vector<Part> parts;
    for (const stac::TileAsset &asset : chosen_assets(item, location))
    {
        const std::string title = asset.title.empty() ? asset.key : asset.title;
        for (const std::string &set : sets)
        {
            const std::string &named = set.empty() ? location.tile_matrix_set : set;
            parts.push_back({{asset}, joined(asset.key, ":", named), title + (set.empty() ? "" : " on " + set)});
        }
    }
    return parts;
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
        location.asset.empty() && all > kMaxAssets)
    {
        throw InputError(location.path(), "has " + std::to_string(all) + " assets on tile matrix sets, more than the " +
                                              std::to_string(kMaxAssets) +
                                              " that are listed; name one: " + location.connection("ASSET:SET"));
    }
    std::vector<std::pair<std::string, std::string>> found;
    for (const Part &part : parts_of(item, location, set_is_clear ? std::vector<std::string>{""} : sets))
    {
        for (const DimensionValues &values : dimension_choices(item, part.assets, location.dimensions))
        {
            found.emplace_back(location.connection(joined(part.name, ":", connection_part(values))),
                               joined(part.title, ", ", connection_part(values)));
        }
        if (found.size() > kMaxAssets)
        {
            throw InputError(location.path(), "has more than the " + std::to_string(kMaxAssets) +
                                                  " assets and values of dimensions that are listed; name an asset: " +
                                                  location.connection("ASSET"));
        }
    }
    if (found.size() < 2)
    {
        found.clear();
    }
    return found;
}

std::vector<std::pair<std::string, std::string>> whole_rasters(const stac::TiledAssetsItem &item,
                                                               const ItemLocation &location, bool allow_local)
{
    std::vector<std::pair<std::string, std::string>> found;
    for (const stac::TileAsset &asset : chosen_assets(item, location))
    {
        const ResolvedHref href = resolved_href(asset.href, location.folder, allow_local, location.query());
        const stac::HrefTemplate path(href.path);
        const bool band_each = has_tiles_of_each_band(path);
        for (const DimensionValues &values : dimension_choices(item, {asset}, location.dimensions))
        {
            auto parameters = template_values(values);
            const std::string title =
                joined(asset.title.empty() ? asset.key : asset.title, ", ", connection_part(values));
            for (const stac::ItemBand &band : band_each ? asset.bands : std::vector<stac::ItemBand>(1))
            {
                set_band(parameters, band.name);
                found.emplace_back(ResolvedHref{href.folder, path.expand({}, 0, 0, parameters)}.text(),
                                   joined(title, ", ", band.name));
            }
        }
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
