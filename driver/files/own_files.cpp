#include "driver/files/own_files.h"

#include "driver/files/successor.h"
#include "driver/journal/output_layout.h"
#include "driver/raster/folder/local_href.h"
#include "driver/store/network/folder_entries.h"
#include "driver/store/network_path.h"
#include "driver/store/own_folder.h"
#include "stac/error.h"
#include "stac/item/tiled_assets_item.h"
#include "stac/json/json_document.h"

#include <cpl_vsi.h>

#include <algorithm>
#include <utility>

namespace tiledir::driver
{

namespace
{

using store::kOwnFolder;

constexpr const char *kSideFile = ".aux.xml";

/// Does it lead below the item's folder?
bool leads_below(const std::string &href)
{
    return href.find("://") == std::string::npos && href.rfind('/', 0) != 0 && href.rfind("..", 0) != 0;
}

} // namespace

bool is_in(const std::string &key, const char *folder)
{
    return key.rfind(std::string(folder) + '/', 0) == 0;
}

bool is_intent(const std::string &key)
{
    return is_in(key, journal::kIntentFolder);
}

bool belongs_to_writers(const std::string &key)
{
    return is_in(key, store::kTemporaryFolder) || is_in(key, kSuccessorFolder) || is_intent(key) ||
           key == store::kLockKey;
}

OwnFiles::OwnFiles(const std::string &name)
    : m_location(locate_item(name))
{
    const std::string text = m_location.file.empty() ? "" : read_item(m_location);
    if (!stac::TiledAssetsItem::looks_like_one(text))
    {
        throw InputError(name, "has no STAC item that says which files are its own");
    }
    const auto item = stac::TiledAssetsItem::from_json_without_grid(stac::parse_json(text, m_location.path()));
    for (const stac::TileAsset &asset : item.assets)
    {
        add_tiles(store::is_on_network(m_location.folder) ? asset.href
                                                          : raster::local_path_of(asset.href, m_location.folder));
    }
}

OwnFiles::OwnFiles(ItemLocation location, const std::vector<journal::FoundIntent> &creations)
    : m_location(std::move(location))
{
    for (const journal::FoundIntent &creation : creations)
    {
        if (!creation.creates.empty())
        {
            add_tiles(creation.creates);
        }
    }
}

void OwnFiles::add_tiles(const std::string &href)
{
    stac::HrefTemplate path(href.rfind("./", 0) == 0 ? href.substr(2) : href);
    if (leads_below(path.text()) && path.names_tiles())
    {
        m_templates.push_back(href);
        m_tiles.push_back(std::move(path));
    }
}

bool OwnFiles::is_own(const std::string &key) const
{
    const auto ending = key.size() - std::min(key.size(), std::string(kSideFile).size());
    const std::string file = key.compare(ending, std::string::npos, kSideFile) == 0 ? key.substr(0, ending) : key;
    return file == m_location.file || is_in(key, kOwnFolder) ||
           std::any_of(m_tiles.begin(), m_tiles.end(),
                       [&file](const stac::HrefTemplate &tile) { return tile.may_be(file); });
}

OwnFiles::Found OwnFiles::find() const
{
    Found found;
    const auto sort_in = [&](const VSIDIREntry &entry)
    {
        const std::string key = entry.pszName;
        if (VSI_ISDIR(entry.nMode))
        {
            found.folders.push_back(key);
        }
        else if (!is_own(key))
        {
            found.foreign = key;
        }
        else if (key != m_location.file)
        {
            found.own.push_back(key);
        }
        return true;
    };
    if (store::for_each_entry(m_location.folder, store::Depth::Tree, false, sort_in) == store::Listing::Absent)
    {
        throw StoreError(m_location.folder, "cannot list the folder");
    }
    std::stable_partition(found.own.begin(), found.own.end(), [](const std::string &key) { return !is_intent(key); });
    found.own.push_back(m_location.file);
    std::sort(found.folders.begin(), found.folders.end(),
              [](const std::string &one, const std::string &other)
              {
                  const auto rank = [](const std::string &key)
                  { return std::pair(key.rfind(kOwnFolder, 0) != 0, key.size()); };
                  return rank(one) > rank(other);
              });
    return found;
}

} // namespace tiledir::driver
