#include "driver/item_location.h"

#include "driver/document.h"
#include "driver/href.h"
#include "driver/store/object_reader.h"
#include "stac/error.h"
#include "stac/json_document.h"
#include "stac/tiled_assets_item.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace tiledir::driver
{

namespace
{

constexpr const char *kPrefix = "TILEDIR:";
constexpr const char *kItemFile = "stac.json";
constexpr std::size_t kMaxParts = 2; ///< ASSET:SET

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

/// A network's folders need no look: what is no .json file is one, and its item is what is asked for.
std::optional<ItemLocation> location_on_network(const std::string &path)
{
    const bool is_file = EQUAL(CPLGetExtension(path.c_str()), "json");
    const ItemLocation location = is_file ? ItemLocation{CPLGetPath(path.c_str()), CPLGetFilename(path.c_str()), {}, {}}
                                          : ItemLocation{without_slashes_at_end(path), kItemFile, {}, {}};
    return read_document(location.path()) ? std::optional(location) : std::nullopt;
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
        return ItemLocation{without_slashes_at_end(path), kItemFile, {}, {}};
    case Kind::File:
    {
        const std::string folder = CPLGetPath(path.c_str());
        return ItemLocation{folder.empty() ? "." : folder, CPLGetFilename(path.c_str()), {}, {}};
    }
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

} // namespace

std::string ItemLocation::path() const
{
    return folder == "/" ? folder + file : folder + "/" + file;
}

std::string ItemLocation::connection(const std::string &part) const
{
    return kPrefix + (file == kItemFile ? folder : path()) + ":" + part;
}

bool has_prefix(const std::string &name)
{
    return STARTS_WITH_CI(name.c_str(), kPrefix);
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
    const bool web = STARTS_WITH_CI(name.c_str(), "http://") || STARTS_WITH_CI(name.c_str(), "https://");
    return web && (name.back() == '/' || EQUAL(CPLGetExtension(name.c_str()), "json"));
}

ItemLocation locate_item(const std::string &name)
{
    const bool prefixed = has_prefix(name);
    const std::string whole = vsi_path(prefixed ? name.substr(std::string(kPrefix).size()) : name);
    std::string path = whole;
    std::vector<std::string> parts; // after the path, from the last to the first
    for (;;)
    {
        if (auto location = location_of_path(path))
        {
            location->asset = parts.empty() ? std::string() : parts.back();
            location->tile_matrix_set = parts.size() < 2 ? std::string() : parts.front();
            return *location;
        }
        const auto colon = path.rfind(':');
        if (!prefixed || colon == std::string::npos || parts.size() == kMaxParts)
        {
            break;
        }
        parts.push_back(path.substr(colon + 1));
        path.resize(colon);
    }
    throw InputError(whole + ": no such folder or STAC item");
}

std::string read_item(const ItemLocation &location)
{
    auto text = read_document(location.path());
    if (!text)
    {
        throw InputError(location.path() + ": no such file; a directory of tiles needs a STAC item named stac.json");
    }
    return *std::move(text);
}

bool holds_tiled_assets(const ItemLocation &location)
{
    const auto text = read_document(location.path());
    if (!text || !stac::TiledAssetsItem::looks_like_one(*text))
    {
        return false;
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

bool may_begin_item(const std::string &first_bytes)
{
    // Members that an item has and other GeoJSON has not; those that come first differ from writer to writer.
    static const std::array<const char *, 5> kMembers{"\"stac_version\"", "\"stac_extensions\"", "\"asset_templates\"",
                                                      "\"assets\"", "\"tiles:tile_matri"};
    const auto first = first_bytes.find_first_not_of("\xEF\xBB\xBF \t\r\n");
    if (first == std::string::npos || first_bytes[first] != '{')
    {
        return false;
    }
    return std::any_of(kMembers.begin(), kMembers.end(),
                       [&](const char *member) { return first_bytes.find(member) != std::string::npos; });
}

} // namespace tiledir::driver
