#include "driver/item/item_location.h"

#include "driver/reading/href.h"
#include "driver/reading/url_query.h"
#include "driver/store/network_path.h"
#include "driver/store/opening/object_reader.h"
#include "driver/trees/document.h"
#include "driver/trees/folder_document.h"
#include "stac/error.h"
#include "stac/item/tiled_assets_item.h"
#include "stac/json/json_document.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace tiledir::driver
{

namespace
{

constexpr const char *kPrefix = "TILEDIR:";
constexpr const char *kItemFile = "stac.json";
constexpr std::size_t kMaxParts = 2; ///< ASSET:SET
constexpr std::size_t kMaxDimensions = 16;

enum class Kind
{
    Absent,
    File,
    Folder
};

Kind kind_of(const std::string &path)
{
    VSIStatBufL status;
    if (path.empty() || VSIStatExL(path.c_str(), &status, VSI_STAT_EXISTS_FLAG | VSI_STAT_NATURE_FLAG) != 0)
    {
        return Kind::Absent;
    }
    return VSI_ISDIR(status.st_mode) ? Kind::Folder : Kind::File;
}

std::string without_slashes_at_end(std::string path)
{
    while (path.size() > 1 && path.back() == '/')
    {
        path.pop_back();
    }
    return path;
}

ItemLocation location_of_file(const std::string &path)
{
    const std::string folder = store::folder_of_path(path);
    return {folder.empty() ? "." : folder, CPLGetFilename(path.c_str()), {}, {}, {}};
}

ItemLocation location_of_folder(const std::string &path, const std::string &query = "")
{
    const std::string folder = without_slashes_at_end(path);
    return {folder, document_of_folder(folder, query), {}, {}, {}};
}

bool is_document_name(const std::string &path)
{
    const std::string name = without_query(path);
    return names_json(name) || EQUAL(CPLGetExtension(name.c_str()), "xml");
}

/// A network's folders need no look: what is no document is one, and its document is what is asked for.
std::optional<ItemLocation> location_on_network(const std::string &path)
{
    if (is_document_name(path))
    {
        return document_exists(path) ? std::optional(location_of_file(path)) : std::nullopt;
    }
    const std::string query = query_of(path);
    ItemLocation location = location_of_folder(without_query(path), query);
    if (location.file.empty())
    {
        return std::nullopt;
    }
    location.file += query;
    return location;
}

std::optional<ItemLocation> location_of_path(const std::string &path)
{
    if (store::is_remote(path))
    {
        return location_on_network(path);
    }
    switch (kind_of(path))
    {
    case Kind::Folder:
        return location_of_folder(path);
    case Kind::File:
        return location_of_file(path);
    case Kind::Absent:
        break;
    }
    return std::nullopt;
}

bool names_extension(const nlohmann::json &item)
{
    const auto extensions = item.find("stac_extensions");
    return extensions != item.end() && extensions->is_array() &&
           std::any_of(extensions->begin(), extensions->end(),
                       [](const nlohmann::json &extension)
                       {
                           return extension.is_string() &&
                                  extension.get_ref<const std::string &>().find("tiled-assets") != std::string::npos;
                       });
}

/// Where the path of a URL begins, after its server's name and port; 0 where it is none.
std::size_t end_of_server(const std::string &path)
{
    const std::size_t scheme = path.find("://");
    return scheme == std::string::npos ? 0 : std::min(path.find('/', scheme + 3), path.size());
}

/// TILEDIR:"PATH" and what stands after it, as GDAL's STACTA writes its subdatasets; nullopt: it is not in quotes.
struct Quoted
{
    std::string path;
    std::string rest; ///< empty, or begins with a colon
};

std::optional<Quoted> quoted_path(const std::string &name)
{
    const std::string text = without_prefix(name);
    const auto end = text.find('"', 1);
    if (!has_prefix(name) || text.empty() || text.front() != '"' || end == std::string::npos ||
        (end + 1 < text.size() && text[end + 1] != ':'))
    {
        return std::nullopt;
    }
    return Quoted{text.substr(1, end - 1), text.substr(end + 1)};
}

/// Without TILEDIR: and quotes, as GDAL opens it.
std::string path_of(const std::string &name)
{
    const auto quoted = quoted_path(name);
    return with_plain_query(vsi_path(quoted ? quoted->path : without_prefix(name)));
}

} // namespace

std::string ItemLocation::path() const
{
    return file.empty() ? folder : folder == "/" ? folder + file : folder + "/" + file;
}

std::string ItemLocation::connection(const std::string &part) const
{
    if (!query().empty()) // which may have colons
    {
        return kPrefix + ('"' + path()) + "\":" + part;
    }
    return kPrefix + (file == kItemFile ? folder : path()) + ":" + part;
}

std::string ItemLocation::query() const
{
    return query_of(path());
}

std::string without_prefix(const std::string &name)
{
    return has_prefix(name) ? name.substr(std::string(kPrefix).size()) : name;
}

bool has_prefix(const std::string &name)
{
    return STARTS_WITH_CI(name.c_str(), kPrefix);
}

bool names_json(const std::string &path)
{
    std::string name = path;
    if (EQUAL(CPLGetExtension(name.c_str()), "gz"))
    {
        name.resize(name.rfind('.'));
    }
    return EQUAL(CPLGetExtension(name.c_str()), "json");
}

bool may_be_item_url(const std::string &name)
{
    for (const char *scheme : {"s3://", "gs://", "az://"})
    {
        if (STARTS_WITH_CI(name.c_str(), scheme))
        {
            return true;
        }
    }
    static const std::string kCurl = "/vsicurl/";
    const bool by_options = STARTS_WITH(name.c_str(), "/vsicurl?"); // with which GDAL may not tell what is there
    const std::string url = by_options ? with_plain_query(name).substr(kCurl.size()) : name;
    const bool web = STARTS_WITH_CI(url.c_str(), "http://") || STARTS_WITH_CI(url.c_str(), "https://");
    const std::string path = url.substr(0, url.find_first_of("?#"));
    return web && (path.back() == '/' || names_json(path));
}

ItemLocation locate_item(const std::string &name)
{
    const bool prefixed = has_prefix(name);
    const auto quoted = quoted_path(name);
    const std::string whole = path_of(name);
    const std::size_t least = quoted ? whole.size() : 0; // colons in quotes are the path's
    std::string path = whole + (quoted ? quoted->rest : "");
    std::vector<std::string> parts; // after the path, from the last to the first
    DimensionValues dimensions;
    for (;;)
    {
        if (auto location = path.size() > least && quoted ? std::nullopt : location_of_path(path))
        {
            location->asset = parts.empty() ? std::string() : parts.back();
            location->tile_matrix_set = parts.size() < 2 ? std::string() : parts.front();
            location->dimensions = dimensions;
            return *location;
        }
        const auto colon = path.rfind(':');
        if (!prefixed || colon == std::string::npos || colon < std::max(least, end_of_server(path)) ||
            parts.size() == kMaxParts)
        {
            break;
        }
        if (const std::string part = path.substr(colon + 1);
            dimensions.size() >= kMaxDimensions || !add_connection_part(part, dimensions))
        {
            parts.push_back(part);
        }
        path.resize(colon);
    }
    // What a network's folder holds, if anything, only a listing tells.
    if (prefixed && store::is_remote(whole) && !is_document_name(whole))
    {
        return locate_tree(name);
    }
    throw InputError(whole, "no such folder or STAC item");
}

ItemLocation locate_tree(const std::string &name)
{
    return {without_slashes_at_end(path_of(name)), {}, {}, {}, {}};
}

std::string read_item(const ItemLocation &location)
{
    auto text = read_document(location.path());
    if (!text)
    {
        throw InputError(location.path(), "no such file; a directory of tiles needs a STAC item named stac.json");
    }
    return *std::move(text);
}

bool holds_tiled_assets(const ItemLocation &location)
{
    const auto text = read_document(location.path());
    if (!text || !stac::TiledAssetsItem::looks_like_one(*text))
    {
        return text && describes_tree(*text);
    }
    nlohmann::json json;
    try
    {
        json = stac::parse_json(*text, location.path());
    }
    catch (const InputError &)
    {
        return true;
    }
    const auto type = json.find("type");
    return names_extension(json) && (json.contains("asset_templates") || (type != json.end() && *type == "Feature"));
}

} // namespace tiledir::driver
