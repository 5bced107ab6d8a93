#include "driver/dataset_files.h"

#include "driver/gdal_edge.h"
#include "driver/item_location.h"
#include "driver/journal/intent.h"
#include "driver/journal/output_layout.h"
#include "driver/store/folder_entries.h"
#include "driver/store/gdal_compat.h"
#include "driver/store/object_reader.h"
#include "driver/store/store.h"
#include "stac/href_template.h"
#include "stac/json_document.h"
#include "stac/tiled_assets_item.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>

#include <algorithm>
#include <memory>
#include <regex>
#include <string>
#include <utility>
#include <vector>

namespace tiledir::driver
{

namespace
{

using journal::kItemKey;
using journal::kVersionKey; // the first that a run of tiledir-process writes
using store::kOwnFolder;

std::string escaped(const std::string &text)
{
    static const std::regex kSpecial(R"([.^$|()\[\]{}*+?\\])");
    return std::regex_replace(text, kSpecial, R"(\$&)");
}

/// What a template's parameter may stand for in the name of a tile.
std::string pattern_of(const std::string &parameter)
{
    for (const char *number : {"TileRow", "TileCol", "x", "y", "-y", "q"})
    {
        if (parameter == number)
        {
            return "[0-9]+";
        }
    }
    return "[^/]+";
}

bool is_in(const std::string &key, const char *folder)
{
    return key.rfind(std::string(folder) + '/', 0) == 0;
}

bool is_intent(const std::string &key)
{
    return is_in(key, journal::kIntentFolder);
}

/// Of the tiles' names below the item's folder; nullopt where the template leads elsewhere.
std::optional<std::regex> pattern_of_tiles(const std::string &href)
{
    std::string rest = href.rfind("./", 0) == 0 ? href.substr(2) : href;
    if (rest.find("://") != std::string::npos || rest.rfind('/', 0) == 0 || rest.rfind("..", 0) == 0)
    {
        return std::nullopt;
    }
    std::string pattern;
    for (std::size_t open = rest.find('{'); open != std::string::npos; open = rest.find('{'))
    {
        const std::size_t close = rest.find('}', open);
        pattern += escaped(rest.substr(0, open)) + pattern_of(rest.substr(open + 1, close - open - 1));
        rest = rest.substr(close + 1);
    }
    return std::regex(pattern + escaped(rest) + "(\\.aux\\.xml)?");
}

class DatasetFiles
{
public:
    /// Throws InputError: no such dataset, or one without a STAC item.
    explicit DatasetFiles(const char *name)
        : m_location(locate_item(name))
    {
        const std::string text = m_location.file.empty() ? "" : read_item(m_location);
        if (!stac::TiledAssetsItem::looks_like_one(text))
        {
            throw InputError(std::string(name) + ": has no STAC item that says which files are its own");
        }
        const auto item = stac::TiledAssetsItem::from_json_without_grid(stac::parse_json(text, m_location.path()));
        for (const stac::TileAsset &asset : item.assets)
        {
            add_tiles(asset.href);
        }
    }
    /// Of a dataset whose item is not there yet.
    DatasetFiles(ItemLocation location, const std::vector<journal::FoundIntent> &creations)
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

    const ItemLocation &location() const { return m_location; }

    struct Found
    {
        std::vector<std::string> own;     ///< keys, at the end what tells whose they are: intents, then the item
        std::vector<std::string> folders; ///< the deepest first, .tiledir last
        std::string foreign;              ///< a file of others; empty: there is none
    };
    Found find() const;

private:
    void add_tiles(const std::string &href)
    {
        if (auto pattern = pattern_of_tiles(href))
        {
            m_tiles.push_back(*std::move(pattern));
        }
    }
    bool is_own(const std::string &key) const
    {
        return key == m_location.file || key == m_location.file + ".aux.xml" || is_in(key, kOwnFolder) ||
               std::any_of(m_tiles.begin(), m_tiles.end(),
                           [&key](const std::regex &tile) { return std::regex_match(key, tile); });
    }

    ItemLocation m_location;
    std::vector<std::regex> m_tiles;
};

DatasetFiles::Found DatasetFiles::find() const
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
        throw StoreError(m_location.folder + ": cannot list the folder");
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

/// The folder that a name stands for, and the item's file in it.
ItemLocation target_of(const std::string &name, const std::string &item_file)
{
    const bool names_item = EQUAL(CPLGetExtension(name.c_str()), "json");
    const std::string folder = names_item ? CPLGetPath(name.c_str()) : name;
    VSIStatBufL status;
    ItemLocation target{
        folder.empty() ? "." : folder, names_item ? CPLGetFilename(name.c_str()) : item_file, {}, {}, {}};
    if (VSIStatExL(target.path().c_str(), &status, VSI_STAT_EXISTS_FLAG) == 0)
    {
        throw InputError(target.path() + ": is there already; choose another name or delete it first");
    }
    return target;
}

/// Of who writes into the dataset just now.
bool belongs_to_writers(const std::string &key)
{
    return is_in(key, store::kTemporaryFolder) || is_intent(key) || key == store::kLockKey;
}

void copy_files(const DatasetFiles &files, const ItemLocation &target)
{
    const auto from = store::open_store(files.location().folder);
    const auto to = store::open_store(target.folder);
    const DatasetFiles::Found found = files.find();
    for (const std::string &key : found.own)
    {
        const auto bytes = belongs_to_writers(key) ? std::nullopt : from->read(key);
        if (bytes)
        {
            std::string name = key;
            if (key.rfind(files.location().file, 0) == 0) // the item and its .aux.xml
            {
                name = target.file + key.substr(files.location().file.size());
                to->write_at_sync(name, bytes->data(), bytes->size());
                continue;
            }
            to->write(name, bytes->data(), bytes->size());
        }
    }
    to->sync(); // tiles, and then what tells of them
    to->sync();
}

void delete_files(const DatasetFiles &files)
{
    const auto store = store::open_store(files.location().folder);
    const DatasetFiles::Found found = files.find();
    for (const std::string &key : found.own)
    {
        store->remove(key);
    }
    store->sync();
    const CPLErrorHandlerPusher quiet(CPLQuietErrorHandler);
    const CPLErrorStateBackuper unchanged;
    for (const std::string &folder : found.folders)
    {
        VSIRmdir(store->path(folder).c_str()); // those with others' files in them stay
    }
    VSIRmdir(files.location().folder.c_str());
}

DatasetFiles unfinished_files(const std::string &folder, store::Store &store)
{
    return {{folder, kItemKey, {}, {}, {}}, journal::Intent::adoptable(store)};
}

DatasetFiles files_to_delete(const char *name)
{
    const std::string folder = locate_tree(name).folder;
    if (!is_unfinished_dataset(folder))
    {
        return DatasetFiles(name);
    }
    const auto store = store::open_store(folder);
    if (const auto writers = journal::Intent::living(*store); !writers.empty())
    {
        throw InputError(folder + ": is being made by " + writers.front().who);
    }
    return unfinished_files(folder, *store);
}

} // namespace

bool is_unfinished_dataset(const std::string &folder)
{
    const auto is_there = [&folder](const char *name)
    {
        VSIStatBufL status;
        return VSIStatExL((folder + '/' + name).c_str(), &status, VSI_STAT_EXISTS_FLAG) == 0;
    };
    if (!store::is_remote(folder))
    {
        return is_there(kOwnFolder) && !is_there(kItemKey) && !is_there(kVersionKey);
    }
    if (folder.rfind("/vsicurl", 0) == 0)
    {
        return false; // nobody writes there, and many web servers list nothing
    }
    const auto store = store::open_store(folder); // GDAL may remember what was there before
    return !store->list(journal::kIntentFolder).empty() && !store->stamp(kItemKey) && !store->stamp(kVersionKey);
}

std::optional<UnfinishedDataset> unfinished_dataset(const std::string &folder)
{
    if (!is_unfinished_dataset(folder))
    {
        return std::nullopt;
    }
    const auto store = store::open_store(folder);
    if (const auto writers = journal::Intent::living(*store); !writers.empty())
    {
        return UnfinishedDataset{writers.front().who, {}};
    }
    return UnfinishedDataset{{}, unfinished_files(folder, *store).find().foreign};
}

CPLErr delete_dataset(const char *name) noexcept
{
    return at_gdal_edge(CE_Failure,
                        [name]
                        {
                            delete_files(files_to_delete(name));
                            return CE_None;
                        });
}

CPLErr copy_dataset(const char *new_name, const char *old_name) noexcept
{
    return at_gdal_edge(CE_Failure,
                        [=]
                        {
                            const DatasetFiles files(old_name);
                            copy_files(files, target_of(new_name, files.location().file));
                            return CE_None;
                        });
}

CPLErr rename_dataset(const char *new_name, const char *old_name) noexcept
{
    return at_gdal_edge(CE_Failure,
                        [=]
                        {
                            const DatasetFiles files(old_name);
                            const ItemLocation target = target_of(new_name, files.location().file);
                            const bool whole_folder =
                                target.file == files.location().file && files.find().foreign.empty();
                            if (whole_folder && !store::is_remote(target.folder) &&
                                VSIRename(files.location().folder.c_str(), target.folder.c_str()) == 0)
                            {
                                return CE_None;
                            }
                            copy_files(files, target);
                            delete_files(files);
                            return CE_None;
                        });
}

} // namespace tiledir::driver
