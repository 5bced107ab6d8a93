#include "stac/item/item_grid.h"

#include "stac/error.h"

#include <algorithm>
#include <iterator>

namespace tiledir::stac
{

namespace
{

constexpr std::int64_t kMaxTiles = std::int64_t{1} << 53;
constexpr std::size_t kMaxSets = 100;
constexpr std::size_t kMaxUrl = 8192;

/// Empty where a maximum is below its minimum, as some writers put it that a matrix has no tiles.
TileRange read_range(const JsonNode &node, const TileMatrix &matrix)
{
    const auto value = [&node](const char *key, std::int64_t otherwise)
    {
        const auto member = node.find({key});
        return member ? member->integer(-1, kMaxTiles) : otherwise;
    };
    const TileRange all = matrix.range();
    const TileRange range{value("min_tile_row", all.min_row), value("max_tile_row", all.max_row),
                          value("min_tile_col", all.min_col), value("max_tile_col", all.max_col)};
    return range.intersection(all).value_or(TileRange{});
}

/// Limits of the set's matrices. Sets are embedded in part, and the limits are then those of the whole.
void read_limits(const JsonNode &limits, TiledAssetsItem &item)
{
    std::string unknown;
    for (const auto &[matrix_id, value] : limits.object().json().items())
    {
        const JsonNode node(value, limits.path() + "." + matrix_id);
        if (const auto index = item.tile_matrix_set.index_of(matrix_id))
        {
            const TileRange range = value.is_null() ? item.tile_matrix_set.matrices[*index].range()
                                                    : read_range(node, item.tile_matrix_set.matrices[*index]);
            item.limits[matrix_id] = range;
        }
        else if (unknown.empty())
        {
            unknown = node.path() + ": is no tile matrix of " + item.tile_matrix_set.id;
        }
    }
    if (!unknown.empty() && item.limits.empty())
    {
        throw InputError(unknown);
    }
    if (!unknown.empty())
    {
        item.warnings.push_back(unknown);
    }
    if (!item.limits.empty() &&
        std::all_of(item.limits.begin(), item.limits.end(), [](const auto &entry) { return entry.second.empty(); }))
    {
        limits.fail("leaves no tile, should list a range of some matrix");
    }
}

/// Pixel buffers of the set's matrices, of which some are not embedded.
void read_pixel_buffers(const JsonNode &buffers, TiledAssetsItem &item)
{
    std::string unknown;
    for (const auto &[matrix_id, value] : buffers.object().json().items())
    {
        const JsonNode node(value, buffers.path() + "." + matrix_id);
        if (!item.tile_matrix_set.index_of(matrix_id))
        {
            unknown = node.path() + ": is no tile matrix of " + item.tile_matrix_set.id;
        }
        else if (!value.is_null())
        {
            item.pixel_buffers[matrix_id] = PixelBuffer::from_json(node);
        }
    }
    if (!unknown.empty())
    {
        item.warnings.push_back(unknown);
    }
}

/// The sets that a document embeds, by their names.
class EmbeddedSets
{
public:
    explicit EmbeddedSets(const JsonNode &properties)
    {
        for (const char *key : {"tiles:tile_matrix_sets", "tiles:tile_matrix_set"})
        {
            const auto group = properties.find({key});
            if (!group)
            {
                continue;
            }
            // The schema has one set under the singular; people write several there as well.
            if (group->find({"tileMatrix", "tileMatrices"}))
            {
                add(group->at({"id", "identifier"}).text(), *group);
                continue;
            }
            for (const auto &[name, value] : group->object().at_most(kMaxSets).json().items())
            {
                add(name, JsonNode(value, group->path() + "." + name));
            }
        }
    }
    std::optional<JsonNode> find(const std::string &name) const
    {
        const auto found = m_sets.find(name);
        return found == m_sets.end() ? std::nullopt : std::optional(found->second);
    }
    std::vector<std::string> names() const
    {
        std::vector<std::string> names;
        std::transform(m_sets.begin(), m_sets.end(), std::back_inserter(names),
                       [](const auto &entry) { return entry.first; });
        return names;
    }

private:
    void add(const std::string &name, const JsonNode &set)
    {
        if (!set.json().is_null())
        {
            m_sets.emplace(name, set);
        }
    }

    std::map<std::string, JsonNode> m_sets;
};

/// What speaks of matrix sets in an item's properties.
struct GridMembers
{
    explicit GridMembers(const JsonNode &properties)
        : links(properties.find({"tiles:tile_matrix_links", "tiles:tile_matrix_set_links"}))
        , sets(properties)
    {
    }
    std::optional<JsonNode> link(const std::string &name) const { return links ? links->find(name) : std::nullopt; }
    /// Names of the sets that are linked; where there are no links, of those that are embedded.
    std::vector<std::string> names() const
    {
        std::vector<std::string> found;
        if (links)
        {
            for (const auto &[name, value] : links->object().at_most(kMaxSets).json().items())
            {
                found.push_back(name);
            }
        }
        return found.empty() ? sets.names() : found;
    }

    std::optional<JsonNode> links;
    EmbeddedSets sets;
};

/// Name of the set to read: the one asked for, else the first.
std::string set_name(const JsonNode &properties, const GridMembers &members, const std::string &wanted)
{
    const std::vector<std::string> names = members.names();
    if (wanted.empty() && !names.empty())
    {
        return names.front();
    }
    if (!wanted.empty() && (members.link(wanted) || members.sets.find(wanted)))
    {
        return wanted;
    }
    properties.fail(wanted.empty() ? "has neither tiles:tile_matrix_links nor tiles:tile_matrix_sets"
                                   : "has no tile matrix set " + wanted);
}

/// From a document that is a set, has sets as members, or embeds them as an item or a collection does.
TileMatrixSet fetched_set(const std::string &url, const std::string &id, const DescribeCrs &describe_crs,
                          const FetchJson &fetch)
{
    const nlohmann::json document = fetch(url);
    const JsonNode root(document, url);
    if (root.object().find({"tileMatrix", "tileMatrices"}))
    {
        TileMatrixSet set = TileMatrixSet::from_node(root, describe_crs);
        if (id.empty() || set.id == id)
        {
            return set;
        }
        root.fail("has no tile matrix set " + id);
    }
    const bool is_item = root.find("type") && root.find("type")->json() == "Feature";
    const EmbeddedSets embedded(is_item ? root.at("properties") : root);
    const auto names = embedded.names();
    const auto member = id.empty() ? std::nullopt : root.find(id);
    const auto found = member ? member : embedded.find(id.empty() && names.size() == 1 ? names.front() : id);
    if (!found)
    {
        root.fail(id.empty() ? "is no tile matrix set" : "has no tile matrix set " + id);
    }
    return TileMatrixSet::from_node(*found, describe_crs);
}

/// Where the link's `url` leads; nullopt where it leads nowhere.
std::optional<TileMatrixSet> linked_set(const JsonNode &url, const EmbeddedSets &sets, const DescribeCrs &describe_crs,
                                        const FetchJson &fetch)
{
    const std::string text = url.name(kMaxUrl);
    const auto hash = text.find('#');
    const std::string document = text.substr(0, hash);
    const std::string id = hash == std::string::npos ? std::string() : text.substr(hash + 1);
    if (document.empty())
    {
        const auto embedded = id.empty() ? std::nullopt : sets.find(id);
        return embedded ? TileMatrixSet::from_node(*embedded, describe_crs) : TileMatrixSet::well_known(id);
    }
    if (auto known = TileMatrixSet::well_known(document))
    {
        return known;
    }
    return fetch ? std::optional(fetched_set(document, id, describe_crs, fetch)) : std::nullopt;
}

/// The schema's `well_known_scale_set`. Only two of the four names are of scales that a set of matrices has.
std::optional<TileMatrixSet> set_of_scales(const JsonNode &scales)
{
    std::string name = scales.text();
    name = name.substr(name.rfind('/') + 1);
    if (auto known = TileMatrixSet::well_known(name))
    {
        return known;
    }
    if (name == "WorldMercatorWGS84" || name == "GoogleCRS84Quad")
    {
        return TileMatrixSet::well_known(name == "GoogleCRS84Quad" ? "WorldCRS84Quad" : "WorldMercatorWGS84Quad");
    }
    scales.fail("'" + name + "' is a list of scales, which says nothing of tiles; " +
                "tiles:tile_matrix_sets should have a tile matrix set of the link's name");
}

TileMatrixSet read_set(const JsonNode &properties, const std::string &name, const GridMembers &members,
                       const DescribeCrs &describe_crs, const FetchJson &fetch)
{
    const auto link = members.link(name);
    if (const auto whole = link ? link->find("tiledir:tile_matrix_set") : std::nullopt)
    {
        return TileMatrixSet::from_node(*whole, describe_crs);
    }
    if (const auto embedded = members.sets.find(name))
    {
        return TileMatrixSet::from_node(*embedded, describe_crs);
    }
    if (const auto url = link ? link->find("url") : std::nullopt)
    {
        if (auto set = linked_set(*url, members.sets, describe_crs, fetch))
        {
            return *std::move(set);
        }
    }
    if (auto known = TileMatrixSet::well_known(name))
    {
        return *std::move(known);
    }
    if (const auto scales = link ? link->find("well_known_scale_set") : std::nullopt)
    {
        return set_of_scales(*scales).value();
    }
    properties.fail("tile matrix set " + name +
                    " is not embedded in tiles:tile_matrix_sets, is no well-known one, and " +
                    "the url of its link leads to none");
}

} // namespace

std::vector<std::string> grid_names(const JsonNode &properties)
{
    return GridMembers(properties).names();
}

void read_grid(const JsonNode &properties, const DescribeCrs &describe_crs, const std::string &wanted,
               const FetchJson &fetch, TiledAssetsItem &item)
{
    const GridMembers members(properties);
    const std::string name = set_name(properties, members, wanted);
    item.tile_matrix_set_key = name;
    item.tile_matrix_set = read_set(properties, name, members, describe_crs, fetch);
    const auto link = members.link(name);
    if (const auto limits = link ? link->find("limits") : std::nullopt)
    {
        read_limits(*limits, item);
    }
    if (const auto buffers = link ? link->find("pixel_buffer") : std::nullopt)
    {
        read_pixel_buffers(*buffers, item);
    }
}

} // namespace tiledir::stac
