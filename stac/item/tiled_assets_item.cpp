#include "stac/item/tiled_assets_item.h"

#include "stac/error.h"
#include "stac/item/item_grid.h"
#include "stac/item/item_members.h"
#include "stac/json/json_node.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace tiledir::stac
{

namespace
{

constexpr double kMaxBits = 64; // of a pixel
constexpr double kMaxExactDouble = 9007199254740992.0;
constexpr std::size_t kMaxAssets = 4096;
constexpr std::size_t kMaxBands = 65536;
constexpr std::size_t kMaxName = 1024;
constexpr std::size_t kMaxHref = 8192;
constexpr std::size_t kMaxWarnings = 10;

/// Properties that have a member of their own; keywords are looked at one by one.
constexpr std::array kOwnProperties = {"datetime",
                                       "start_datetime",
                                       "end_datetime",
                                       "title",
                                       "keywords",
                                       "proj:code",
                                       "proj:epsg",
                                       "proj:projjson",
                                       "tiles:tile_matrix_links",
                                       "tiles:tile_matrix_set",
                                       "tiles:tile_matrix_sets",
                                       "tiles:tile_matrix_set_links"};

void warn(TiledAssetsItem &item, const std::string &what)
{
    if (item.warnings.size() < kMaxWarnings)
    {
        item.warnings.push_back(what);
    }
}

/// Runs `read`; what it throws is one of the item's warnings.
template <class Read> void read_past_errors(TiledAssetsItem &item, Read &&read)
{
    try
    {
        read();
    }
    catch (const InputError &error)
    {
        warn(item, error.what());
    }
}

double nodata_of(const JsonNode &node)
{
    if (!node.json().is_string())
    {
        return node.number();
    }
    const std::string text = node.name(kMaxName);
    double value = 0; // takes nan, inf and -inf
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size())
    {
        node.fail("is '" + text + "', should be a number, nan, inf or -inf");
    }
    return value;
}

std::optional<std::int64_t> large_nodata_of(const nlohmann::json &nodata)
{
    const bool whole = nodata.is_number_integer() && std::abs(nodata.get<double>()) >= kMaxExactDouble;
    return whole ? std::optional(nodata.get<std::int64_t>()) : std::nullopt;
}

void read_values(const JsonNode &node, ItemBand &band, TiledAssetsItem &item)
{
    const auto take_text = [&node](std::initializer_list<const char *> keys, std::string &value)
    {
        if (const auto member = node.find(keys))
        {
            value = member->text();
        }
    };
    const auto take_number = [&node](std::initializer_list<const char *> keys, std::optional<double> &value)
    {
        if (const auto member = node.find(keys))
        {
            value = member->number();
        }
    };
    take_text({"data_type"}, band.data_type);
    band.type_is_untold = band.type_is_untold && !node.find("data_type");
    take_number({"raster:scale", "scale"}, band.scale);
    take_number({"raster:offset", "offset"}, band.offset);
    read_past_errors(item, [&] { take_text({"unit"}, band.unit); });
    read_past_errors(item,
                     [&]
                     {
                         std::optional<double> bits;
                         take_number({"raster:bits_per_sample", "bits_per_sample"}, bits);
                         if (bits && *bits >= 1 && *bits <= kMaxBits)
                         {
                             band.bits_per_sample = static_cast<int>(*bits);
                         }
                     });
    read_past_errors(item, [&] { take_text({"eo:common_name", "common_name"}, band.common_name); });
    read_past_errors(item,
                     [&]
                     {
                         if (const auto nodata = node.find("nodata"))
                         {
                             band.nodata = nodata_of(*nodata);
                             band.large_nodata = large_nodata_of(nodata->json());
                         }
                     });
}

void read_names(const JsonNode &node, ItemBand &band)
{
    if (const auto name = node.find("name"))
    {
        band.name = name->name(kMaxName);
    }
    if (const auto description = node.find("description"))
    {
        band.description = description->text();
    }
}

/// A band's statistics: all four numbers, or they are left out.
void read_statistics(const JsonNode &node, ItemBand &band)
{
    const auto statistics = node.find("statistics");
    if (!statistics || !statistics->find("minimum") || !statistics->find("maximum") || !statistics->find("mean") ||
        !statistics->find("stddev"))
    {
        return;
    }
    BandStatistics told{statistics->at("minimum").number(), statistics->at("maximum").number(),
                        statistics->at("mean").number(), statistics->at("stddev").number(), std::nullopt};
    if (const auto percent = statistics->find("valid_percent"))
    {
        told.valid_percent = percent->number();
    }
    band.statistics = told;
}

/// The lists that tell of an asset's bands: `bands` where it is there, else `eo:bands` and `raster:bands`. Where these
/// two differ in length, what the latter says of types cannot be told to belong to which band.
std::vector<JsonNode> band_lists(const JsonNode &asset, TiledAssetsItem &item)
{
    if (const auto bands = asset.find("bands"); bands && bands->size() > 0)
    {
        return {*bands};
    }
    std::vector<JsonNode> lists;
    for (const char *key : {"eo:bands", "raster:bands"})
    {
        const auto list = asset.find({key});
        if (!list || list->size() == 0)
        {
            continue;
        }
        if (!lists.empty() && lists.front().size() != list->size())
        {
            warn(item, list->path() + ": has " + std::to_string(list->size()) + " bands where eo:bands has " +
                           std::to_string(lists.front().size()) + ", is not looked at");
            continue;
        }
        lists.push_back(*list);
    }
    return lists;
}

/// What a band does not say its asset may.
std::vector<ItemBand> read_bands(const JsonNode &asset, TiledAssetsItem &item)
{
    ItemBand common;
    common.type_is_untold = true;
    read_values(asset, common, item);
    std::vector<ItemBand> bands;
    for (const JsonNode &list : band_lists(asset, item))
    {
        bands.resize(list.at_most(kMaxBands).size(), common);
        for (std::size_t i = 0; i < list.size(); ++i)
        {
            read_values(list.element(i), bands[i], item);
            read_names(list.element(i), bands[i]);
            read_past_errors(item, [&] { read_statistics(list.element(i), bands[i]); });
        }
    }
    return bands;
}

std::vector<TileAsset> read_assets(const JsonNode &templates, TiledAssetsItem &item)
{
    std::vector<TileAsset> assets;
    for (const auto &[key, value] : templates.object().at_most(kMaxAssets).json().items())
    {
        if (key.size() > kMaxName)
        {
            templates.fail("has a key of " + std::to_string(key.size()) + " bytes, should be at most " +
                           std::to_string(kMaxName));
        }
        const JsonNode node(value, templates.path() + "." + key);
        TileAsset asset;
        asset.key = key;
        asset.href = node.at("href").name(kMaxHref);
        asset.media_type = node.text_or_empty("type");
        read_past_errors(item, [&] { asset.title = node.text_or_empty("title"); });
        asset.bands = read_bands(node, item);
        assets.push_back(std::move(asset));
    }
    if (assets.empty())
    {
        templates.fail("is empty, should have one asset at least");
    }
    return assets;
}

/// A Collection or Catalog has at its top what an Item has in its properties.
JsonNode properties_of(const JsonNode &root)
{
    const auto inner = root.find("properties");
    const auto type = root.find("type");
    const bool at_top = type && (type->json() == "Collection" || type->json() == "Catalog");
    return inner || !at_top ? root.at("properties") : root;
}

void read_properties(const JsonNode &properties, TiledAssetsItem &item)
{
    const auto take_text = [&](const char *key, std::string &value)
    { read_past_errors(item, [&] { value = properties.text_or_empty(key); }); };
    if (std::string datetime; properties.find("datetime"))
    {
        take_text("datetime", datetime);
        item.datetime = datetime;
    }
    take_text("start_datetime", item.start_datetime);
    take_text("end_datetime", item.end_datetime);
    take_text("title", item.title);
    take_text("proj:code", item.proj_code);
    const auto read_epsg = [&]
    {
        if (const auto epsg = properties.find("proj:epsg"); epsg && item.proj_code.empty())
        {
            item.proj_code = "EPSG:" + std::to_string(epsg->integer(1, std::numeric_limits<int>::max()));
        }
    };
    read_past_errors(item, read_epsg);
    if (const auto projjson = properties.find("proj:projjson"))
    {
        item.proj_projjson = projjson->json();
    }
    for (const auto &[name, value] : properties.json().items())
    {
        // A Collection's properties are the whole document: of that only what an extension put there is one.
        const bool ours = std::find(kOwnProperties.begin(), kOwnProperties.end(), name) != kOwnProperties.end();
        if (!ours && (!properties.path().empty() || name.find(':') != std::string::npos))
        {
            item.extra_properties[name] = value;
        }
    }
    if (const auto keywords = properties.find("keywords"); keywords && keywords->json().is_array())
    {
        for (std::size_t i = 0; i < keywords->size(); ++i)
        {
            if (keywords->element(i).json() != kKeyword)
            {
                item.extra_properties["keywords"].push_back(keywords->element(i).json());
            }
        }
    }
}

std::vector<double> read_bbox(const JsonNode &bbox)
{
    const std::size_t count = bbox.size();
    if (count != 4 && count != 6)
    {
        bbox.fail("has " + std::to_string(count) + " numbers, should have 4 or 6");
    }
    const std::size_t half = count / 2;
    return {bbox.element(0).number(), bbox.element(1).number(), bbox.element(half).number(),
            bbox.element(half + 1).number()};
}

} // namespace

TiledAssetsItem TiledAssetsItem::from_json(const nlohmann::json &json, const DescribeCrs &describe_crs,
                                           const std::string &tile_matrix_set, const FetchJson &fetch)
{
    TiledAssetsItem item = from_json_without_grid(json);
    read_grid(properties_of(JsonNode(json)), describe_crs, tile_matrix_set, fetch, item);
    return item;
}

TiledAssetsItem TiledAssetsItem::from_json_without_grid(const nlohmann::json &json)
{
    const JsonNode root(json);
    TiledAssetsItem item;
    read_past_errors(item, [&] { item.id = root.text_or_empty("id"); });
    if (const auto bbox = root.find("bbox"))
    {
        read_past_errors(item, [&] { item.bbox = read_bbox(*bbox); });
    }
    read_properties(properties_of(root), item);
    item.assets = read_assets(root.at("asset_templates"), item);
    return item;
}

std::vector<std::string> TiledAssetsItem::tile_matrix_sets(const nlohmann::json &json)
{
    return grid_names(properties_of(JsonNode(json)));
}

bool TiledAssetsItem::looks_like_one(const std::string &text)
{
    const std::size_t begin = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    if (begin == std::string::npos || text[begin] != '{')
    {
        return false;
    }
    // Some writers escape every slash.
    constexpr std::array kNames = {"\"tiled-assets\"", "stac-extensions.github.io/tiled-assets/",
                                   "stac-extensions.github.io\\/tiled-assets\\/"};
    return std::any_of(kNames.begin(), kNames.end(),
                       [&text](const char *name) { return text.find(name) != std::string::npos; });
}

} // namespace tiledir::stac
