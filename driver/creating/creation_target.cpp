#include "driver/creating/creation_target.h"

#include "driver/files/dataset_files.h"
#include "driver/files/own_files.h"
#include "driver/files/successor.h"
#include "driver/item/item_location.h"
#include "driver/reading/href.h"
#include "driver/store/network/folder_entries.h"
#include "driver/store/network_path.h"
#include "driver/store/opening/object_reader.h"
#include "driver/store/opening/open_store.h"
#include "driver/store/own_folder.h"
#include "driver/store/store.h"
#include "stac/error.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <cpl_vsi.h>

namespace tiledir::driver
{

namespace
{

/// On an object store a listing that fails is an error, and not an empty folder.
CPLStringList names_in(const std::string &folder)
{
    CPLStringList others;
    if (store::is_object_store(folder))
    {
        store::for_each_entry(folder, store::Depth::Folder, false,
                              [&others](const VSIDIREntry &entry)
                              {
                                  others.AddString(entry.pszName);
                                  return true;
                              });
        return others;
    }
    const CPLStringList names(VSIReadDir(folder.c_str()));
    for (int index = 0; index < names.size(); ++index)
    {
        const std::string name = names[index];
        if (name != "." && name != "..")
        {
            others.AddString(name.c_str());
        }
    }
    return others;
}

/// By itself, after TILEDIR: and in quotes, or by its item.
std::string folder_named(const std::string &name)
{
    static const std::string kItem = "/stac.json";
    std::string path = without_prefix(name);
    if (path.size() > 2 && path.front() == '"' && path.back() == '"')
    {
        path = path.substr(1, path.size() - 2);
    }
    const bool is_item =
        path.size() > kItem.size() && path.compare(path.size() - kItem.size(), kItem.size(), kItem) == 0;
    return vsi_path(is_item ? path.substr(0, path.size() - kItem.size()) : path);
}

} // namespace

CreationTarget::CreationTarget(const std::string &name)
    : m_folder(folder_named(name))
{
    while (m_folder.size() > 1 && m_folder.back() == '/')
    {
        m_folder.pop_back();
    }
    if (m_folder.empty() || EQUAL(CPLGetExtension(m_folder.c_str()), "json"))
    {
        throw InputError("'" + name + "': name the folder to be made, not a file in it");
    }
    const CPLErrorHandlerPusher quiet(CPLQuietErrorHandler);
    const CPLErrorStateBackuper unchanged;
    VSIStatBufL status;
    m_was_there = VSIStatExL(m_folder.c_str(), &status, VSI_STAT_EXISTS_FLAG | VSI_STAT_NATURE_FLAG) == 0;
    if (m_was_there && !VSI_ISDIR(status.st_mode))
    {
        throw InputError(m_folder, "is a file; name a folder that is new or empty");
    }
    const CPLStringList names = names_in(m_folder);
    m_was_there = m_was_there || !names.empty();
    m_place = m_folder;
    if (names.FindString("stac.json") >= 0)
    {
        check_dataset();
        m_place += std::string("/") + kSuccessorFolder;
        return;
    }
    if (names.empty())
    {
        return;
    }
    const auto unfinished = unfinished_dataset(m_folder);
    refuse_if_made(unfinished);
    m_holds_beginning = unfinished && unfinished->foreign.empty();
    if (!m_holds_beginning)
    {
        const std::string other = unfinished ? unfinished->foreign : names[0];
        throw InputError(m_folder, "holds something else (" + other + "); name a folder that is new or empty");
    }
}

/// What cannot be replaced is told before anything is made.
void CreationTarget::check_dataset() const
{
    const OwnFiles found(m_folder);
    refuse_if_made(unfinished_dataset(m_folder + '/' + kSuccessorFolder));
}

void CreationTarget::refuse_if_made(const std::optional<UnfinishedDataset> &unfinished) const
{
    if (unfinished && !unfinished->writer.empty())
    {
        throw InputError(m_folder, "is being made by " + unfinished->writer + "; name another folder, or wait");
    }
}

void CreationTarget::make()
{
    if (m_was_there)
    {
        store::open_store(m_folder)->check_writable();
    }
    if (m_holds_beginning && delete_dataset(m_folder.c_str()) != CE_None)
    {
        throw InputError(m_folder, "the dataset in it cannot be deleted");
    }
    const CPLErrorHandlerPusher quiet(CPLQuietErrorHandler);
    const CPLErrorStateBackuper unchanged;
    if (m_place != m_folder)
    {
        VSIRmdirRecursive(m_place.c_str()); // of one that was killed
    }
    const CPLStringList names = m_was_there ? names_in(m_folder) : CPLStringList();
    for (int index = 0; index < names.size(); ++index)
    {
        m_others.insert(names[index]);
    }
    m_made = true;
    if (!store::is_remote(m_folder))
    {
        VSIMkdirRecursive(m_place.c_str(), 0755); // who cannot will learn from the first tile why
    }
}

CreationTarget::~CreationTarget()
{
    if (!m_made)
    {
        return;
    }
    const CPLErrorHandlerPusher quiet(CPLQuietErrorHandler);
    const CPLErrorStateBackuper unchanged;
    if (m_place != m_folder)
    {
        VSIRmdirRecursive(m_place.c_str());
        store::remove_empty_folder(m_folder + '/' + store::kOwnFolder); // unless there is more in it
        return;
    }
    if (!m_was_there)
    {
        VSIRmdirRecursive(m_folder.c_str());
        return;
    }
    try
    {
        take_away_new_names();
    }
    catch (const Error &)
    {
        return; // what cannot be listed stays: it has no item, and counts as the beginning of a dataset
    }
}

void CreationTarget::take_away_new_names() const
{
    const CPLStringList names = names_in(m_folder);
    for (int index = 0; index < names.size(); ++index)
    {
        const std::string path = m_folder + "/" + names[index];
        if (m_others.count(names[index]) == 0 && VSIRmdirRecursive(path.c_str()) != 0)
        {
            VSIUnlink(path.c_str());
        }
    }
}

std::string CreationTarget::name() const
{
    return CPLGetFilename(m_folder.c_str());
}

} // namespace tiledir::driver
