#include "stac/tiled_assets_item.h"

#include "stac/error.h"
#include "stac/json_node.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace tiledir::stac
{

namespace
{

constexpr std::int64_t kMaxTiles = std::int64_t{1} << 53;
constexpr double kMaxExactDouble = 9007199254740992.0;
constexpr const char *kKeyword = "tiled-assets";

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
                                       "tiles:tile_matrix_sets",
                                       "tiles:tile_matrix_set_links"};

double nodata_of(const JsonNode &node)
{
    if (!node.json().is_string())
    {
        return node.number();
    }
    const std::string text = node.text();
    if (text == "nan")
    {
        return std::numeric_limits<double>::quiet_NaN();
    }
    if (text == "inf" || text == "-inf")
    {
        return text == "inf" ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
    }
    node.fail("is '" + text + "', should be a number, nan, inf or -inf");
}

std::optional<std::int64_t> large_nodata_of(const nlohmann::json &nodata)
{
    const bool whole = nodata.is_number_integer() && std::abs(nodata.get<double>()) >= kMaxExactDouble;
    return whole ? std::optional(nodata.get<std::int64_t>()) : std::nullopt;
}

void read_values(const JsonNode &node, ItemBand &band)
{
    const auto take_text = [&node](std::initializer_list<const char *> keys, std::string &value)
    {
        if (const auto member = node.find(keys))
        {
            value = member->text();
        }
    };
    take_text({"data_type"}, band.data_type);
    take_text({"unit"}, band.unit);
    take_text({"eo:common_name", "common_name"}, band.common_name);
    if (const auto nodata = node.find("nodata"))
    {
        band.nodata = nodata_of(*nodata);
        band.large_nodata = large_nodata_of(nodata->json());
    }
    if (const auto scale = node.find({"raster:scale", "scale"}))
    {
        band.scale = scale->number();
    }
    if (const auto offset = node.find({"raster:offset", "offset"}))
    {
        band.offset = offset->number();
    }
}

void read_names(const JsonNode &node, ItemBand &band)
{
    if (const auto name = node.find("name"))
    {
        band.name = name->text();
    }
    if (const auto description = node.find("description"))
    {
        band.description = description->text();
    }
}

/// `bands` where it is there, else `eo:bands` and `raster:bands`; what a band does not say its asset may.
std::vector<ItemBand> read_bands(const JsonNode &asset)
{
    std::vector<JsonNode> lists;
    if (const auto bands = asset.find("bands"); bands && bands->size() > 0)
    {
        lists = {*bands};
    }
    else
    {
        for (const char *key : {"eo:bands", "raster:bands"})
        {
            if (const auto list = asset.find({key}))
            {
                lists.push_back(*list);
            }
        }
    }
    ItemBand common;
    read_values(asset, common);
    std::vector<ItemBand> bands;
    for (const JsonNode &list : lists)
    {
        bands.resize(std::max(bands.size(), list.size()), common);
        for (std::size_t i = 0; i < list.size(); ++i)
        {
            read_values(list.element(i), bands[i]);
            read_names(list.element(i), bands[i]);
        }
    }
    return bands;
}

std::vector<TileAsset> read_assets(const JsonNode &templates)
{
    std::vector<TileAsset> assets;
    for (const auto &[key, value] : templates.object().json().items())
    {
        const JsonNode node(value, templates.path() + "." + key);
        TileAsset asset;
        asset.key = key;
        asset.href = node.at("href").text();
        asset.media_type = node.text_or_empty("type");
        asset.title = node.text_or_empty("title");
        asset.bands = read_bands(node);
        assets.push_back(std::move(asset));
    }
    if (assets.empty())
    {
        templates.fail("is empty, should have one asset at least");
    }
    return assets;
}

TileRange read_range(const JsonNode &node, const TileMatrix &matrix)
{
    const auto value = [&node](const char *key, std::int64_t otherwise)
    {
        const auto member = node.find({key});
        return member ? member->integer(0, kMaxTiles) : otherwise;
    };
    const TileRange all = matrix.range();
    const TileRange range{value("min_tile_row", all.min_row), value("max_tile_row", all.max_row),
                          value("min_tile_col", all.min_col), value("max_tile_col", all.max_col)};
    if (range.empty())
    {
        node.fail("has a maximum below its minimum");
    }
    return range;
}

/// What an object tells of each tile matrix that it names.
template <class Value, class Read>
std::map<std::string, Value> read_by_matrix(const JsonNode &object, const TileMatrixSet &set, const Read &read)
{
    std::map<std::string, Value> values;
    for (const auto &[matrix_id, value] : object.object().json().items())
    {
        const JsonNode node(value, object.path() + "." + matrix_id);
        const auto index = set.index_of(matrix_id);
        if (!index)
        {
            node.fail("is no tile matrix of " + set.id);
        }
        values[matrix_id] = read(node, set.matrices[*index]);
    }
    return values;
}

/// What speaks of matrix sets in an item's properties.
struct GridMembers
{
    explicit GridMembers(const JsonNode &properties)
        : links(properties.find({"tiles:tile_matrix_links", "tiles:tile_matrix_set_links"}))
        , sets(properties.find("tiles:tile_matrix_sets"))
    {
    }
    /// Those that are linked; where there are no links, those that are embedded.
    std::vector<std::string> names() const
    {
        std::vector<std::string> found;
        for (const auto &group : {links, sets})
        {
            if (!found.empty() || !group)
            {
                continue;
            }
            for (const auto &[name, value] : group->object().json().items())
            {
                found.push_back(name);
            }
        }
        return found;
    }

    std::optional<JsonNode> links;
    std::optional<JsonNode> sets;
};

/// A Collection has at its top what an Item has in its properties.
JsonNode properties_of(const JsonNode &root)
{
    const auto inner = root.find("properties");
    return inner || root.text_or_empty("type") != "Collection" ? root.at("properties") : root;
}

/// Name of the set to read: the one asked for, else the first.
std::string set_name(const JsonNode &properties, const GridMembers &members, const std::string &wanted)
{
    const std::vector<std::string> names = members.names();
    if (wanted.empty() && !names.empty())
    {
        return names.front();
    }
    if (!wanted.empty() &&
        ((members.links && members.links->find(wanted)) || (members.sets && members.sets->find(wanted))))
    {
        return wanted;
    }
    properties.fail(wanted.empty() ? "has neither tiles:tile_matrix_links nor tiles:tile_matrix_sets"
                                   : "has no tile matrix set " + wanted);
}

TileMatrixSet parsed_set(const JsonNode &node, const NorthingFirst &northing_first)
{
    try
    {
        return TileMatrixSet::from_json(node.json(), northing_first);
    }
    catch (const InputError &error)
    {
        throw InputError(node.path() + (node.path().empty() ? "" : ".") + error.what());
    }
}

/// A document that is a set, or has sets as members.
TileMatrixSet fetched_set(const std::string &url, const std::string &id, const NorthingFirst &northing_first,
                          const FetchJson &fetch)
{
    const nlohmann::json document = fetch(url);
    const JsonNode root(document, url);
    const auto member = id.empty() ? std::nullopt : root.object().find(id);
    TileMatrixSet set = parsed_set(member ? *member : root, northing_first);
    if (!member && !id.empty() && set.id != id)
    {
        root.fail("has no tile matrix set " + id);
    }
    return set;
}

/// Where the link's `url` leads; nullopt where it leads nowhere.
std::optional<TileMatrixSet> linked_set(const JsonNode &url, const std::optional<JsonNode> &sets,
                                        const NorthingFirst &northing_first, const FetchJson &fetch)
{
    const std::string text = url.text();
    const auto hash = text.find('#');
    const std::string document = text.substr(0, hash);
    const std::string id = hash == std::string::npos ? std::string() : text.substr(hash + 1);
    if (document.empty())
    {
        const auto embedded = sets && !id.empty() ? sets->find(id) : std::nullopt;
        return embedded ? parsed_set(*embedded, northing_first) : TileMatrixSet::well_known(id);
    }
    if (auto known = TileMatrixSet::well_known(document))
    {
        return known;
    }
    return fetch ? std::optional(fetched_set(document, id, northing_first, fetch)) : std::nullopt;
}

TileMatrixSet read_set(const JsonNode &properties, const std::string &name, const std::optional<JsonNode> &link,
                       const std::optional<JsonNode> &sets, const NorthingFirst &northing_first, const FetchJson &fetch)
{
    if (const auto whole = link ? link->find("tiledir:tile_matrix_set") : std::nullopt)
    {
        return parsed_set(*whole, northing_first);
    }
    if (const auto embedded = sets ? sets->find(name) : std::nullopt)
    {
        return parsed_set(*embedded, northing_first);
    }
    if (const auto url = link ? link->find("url") : std::nullopt)
    {
        if (auto set = linked_set(*url, sets, northing_first, fetch))
        {
            return *std::move(set);
        }
    }
    if (auto known = TileMatrixSet::well_known(name))
    {
        return *std::move(known);
    }
    properties.fail("tile matrix set " + name +
                    " is not embedded in tiles:tile_matrix_sets, is no well-known one, and " +
                    "the url of its link leads to none");
}

void read_grid(const JsonNode &properties, const NorthingFirst &northing_first, const std::string &wanted,
               const FetchJson &fetch, TiledAssetsItem &item)
{
    const GridMembers members(properties);
    const std::string name = set_name(properties, members, wanted);
    const auto link = members.links ? members.links->find(name) : std::nullopt;
    item.tile_matrix_set_key = name;
    item.tile_matrix_set = read_set(properties, name, link, members.sets, northing_first, fetch);
    if (const auto limits = link ? link->find("limits") : std::nullopt)
    {
        item.limits = read_by_matrix<TileRange>(*limits, item.tile_matrix_set, read_range);
    }
    if (const auto buffers = link ? link->find("pixel_buffer") : std::nullopt)
    {
        item.pixel_buffers = read_by_matrix<PixelBuffer>(*buffers, item.tile_matrix_set,
                                                         [](const JsonNode &node, const TileMatrix &)
                                                         { return PixelBuffer::from_json(node); });
    }
}

void read_properties(const JsonNode &properties, TiledAssetsItem &item)
{
    if (const auto datetime = properties.find("datetime"))
    {
        item.datetime = datetime->text();
    }
    item.start_datetime = properties.text_or_empty("start_datetime");
    item.end_datetime = properties.text_or_empty("end_datetime");
    item.title = properties.text_or_empty("title");
    item.proj_code = properties.text_or_empty("proj:code");
    if (const auto epsg = properties.find("proj:epsg"); epsg && item.proj_code.empty())
    {
        item.proj_code = "EPSG:" + std::to_string(epsg->integer(1, std::numeric_limits<int>::max()));
    }
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
    if (const auto keywords = properties.find("keywords"))
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

TiledAssetsItem TiledAssetsItem::from_json(const nlohmann::json &json, const NorthingFirst &northing_first,
                                           const std::string &tile_matrix_set, const FetchJson &fetch)
{
    const JsonNode root(json);
    TiledAssetsItem item;
    item.id = root.text_or_empty("id");
    if (const auto bbox = root.find("bbox"))
    {
        item.bbox = read_bbox(*bbox);
    }
    const JsonNode properties = properties_of(root);
    read_properties(properties, item);
    read_grid(properties, northing_first, tile_matrix_set, fetch, item);
    item.assets = read_assets(root.at("asset_templates"));
    return item;
}

std::vector<std::string> TiledAssetsItem::tile_matrix_sets(const nlohmann::json &json)
{
    return GridMembers(properties_of(JsonNode(json))).names();
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
