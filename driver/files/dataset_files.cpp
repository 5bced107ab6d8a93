#include "driver/files/dataset_files.h"

#include "driver/files/copy_sources.h"
#include "driver/files/own_files.h"
#include "driver/item/item_location.h"
#include "driver/journal/intent.h"
#include "driver/journal/output_layout.h"
#include "driver/store/gdal_compat.h"
#include "driver/store/gdal_edge.h"
#include "driver/store/network/folder_entries.h"
#include "driver/store/network_path.h"
#include "driver/store/opening/object_reader.h"
#include "driver/store/opening/open_store.h"
#include "driver/store/store.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace tiledir::driver
{

namespace
{

using journal::kItemKey;
using journal::kVersionKey; // the first that a run of tiledir-process writes
using store::kOwnFolder;

/// The folder that a name stands for, and the item's file in it.
ItemLocation target_of(const std::string &name, const std::string &item_file)
{
    const bool names_item = EQUAL(CPLGetExtension(name.c_str()), "json");
    const std::string folder = names_item ? store::folder_of_path(name) : name;
    VSIStatBufL status;
    ItemLocation target{
        folder.empty() ? "." : folder, names_item ? CPLGetFilename(name.c_str()) : item_file, {}, {}, {}};
    if (VSIStatExL(target.path().c_str(), &status, VSI_STAT_EXISTS_FLAG) == 0)
    {
        throw InputError(target.path(), "is there already; choose another name or delete it first");
    }
    return target;
}

void copy_files(const OwnFiles &files, const ItemLocation &target)
{
    const auto from = store::open_store(files.location().folder);
    const auto to = store::open_store(target.folder);
    const OwnFiles::Found found = files.find();
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

void delete_files(const OwnFiles &files)
{
    const auto store = store::open_store(files.location().folder);
    const OwnFiles::Found found = files.find();
    for (const std::string &key : found.own)
    {
        store->remove(key);
    }
    store->sync();
    const CPLErrorHandlerPusher quiet(CPLQuietErrorHandler);
    const CPLErrorStateBackuper unchanged;
    for (const std::string &folder : found.folders)
    {
        store::remove_empty_folder(store->path(folder)); // those with others' files in them stay
    }
    store::remove_empty_folder(files.location().folder);
}

OwnFiles unfinished_files(const std::string &folder, store::Store &store)
{
    return {{folder, kItemKey, {}, {}, {}}, journal::Intent::adoptable(store)};
}

OwnFiles files_to_delete(const char *name)
{
    const std::string folder = locate_tree(name).folder;
    if (!is_unfinished_dataset(folder))
    {
        return OwnFiles(name);
    }
    const auto store = store::open_store(folder);
    if (const auto writers = journal::Intent::living(*store); !writers.empty())
    {
        throw InputError(folder, "is being made by " + writers.front().who);
    }
    return unfinished_files(folder, *store);
}

/// GDAL has what is there deleted before it asks for a copy onto a name that is no folder's (TILEDIR:..., an item), of
/// a source that is open by then. Who deletes a folder by its own name is taken at their word.
void refuse_while_read(const std::string &name, const std::string &folder)
{
    VSIStatBufL status;
    if (VSIStatExL(name.c_str(), &status, VSI_STAT_EXISTS_FLAG | VSI_STAT_NATURE_FLAG) == 0 &&
        VSI_ISDIR(status.st_mode))
    {
        return;
    }
    int count = 0;
    GDALDataset **const open = GDALDataset::GetOpenDatasets(&count);
    std::vector<std::string> names(static_cast<std::size_t>(count));
    std::transform(open, open + count, names.begin(), [](const GDALDataset *each) { return each->GetDescription(); });
    const std::string file = CopySources(names).in_folder(folder);
    if (!file.empty())
    {
        throw InputError(folder, "is open (" + file + "), and not deleted");
    }
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
                            const OwnFiles files = files_to_delete(name);
                            refuse_while_read(name, files.location().folder);
                            delete_files(files);
                            return CE_None;
                        });
}

CPLErr copy_dataset(const char *new_name, const char *old_name) noexcept
{
    return at_gdal_edge(CE_Failure,
                        [=]
                        {
                            const OwnFiles files(old_name);
                            copy_files(files, target_of(new_name, files.location().file));
                            return CE_None;
                        });
}

CPLErr rename_dataset(const char *new_name, const char *old_name) noexcept
{
    return at_gdal_edge(CE_Failure,
                        [=]
                        {
                            const OwnFiles files(old_name);
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
