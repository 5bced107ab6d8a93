#include "driver/files/successor.h"

#include "driver/files/own_files.h"
#include "driver/journal/intent.h"
#include "driver/journal/output_layout.h"
#include "driver/store/local/local_files.h"
#include "driver/store/network/folder_entries.h"
#include "driver/store/opening/open_store.h"
#include "driver/store/store.h"
#include "driver/store/task_queue.h"
#include "stac/error.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <cpl_vsi.h>

#include <fcntl.h>

#include <cerrno>
#include <memory>
#include <vector>

namespace tiledir::driver
{

namespace
{

using journal::kItemKey;
using store::Store;

constexpr int kCopies = 16; ///< at once, of an object store

/// Says whose the tiles are that lie there, of old and new templates, while no item does.
std::vector<std::unique_ptr<journal::Intent>> announced(Store &store, const SuccessorTiles &tiles,
                                                        std::vector<std::string> templates)
{
    std::vector<std::unique_ptr<journal::Intent>> intents;
    templates.push_back(tiles.path);
    for (const std::string &path : templates)
    {
        intents.push_back(std::make_unique<journal::Intent>(store));
        intents.back()->creates(path);
        intents.back()->add(tiles.matrix, tiles.base);
    }
    store.sync();
    return intents;
}

/// First what makes a whole dataset of it.
void remove_predecessor(Store &store, const OwnFiles::Found &files)
{
    store.remove(journal::kVersionKey);
    store.remove(kItemKey);
    store.sync();
    for (const std::string &key : files.own)
    {
        if (!belongs_to_writers(key) || is_intent(key)) // intents of the predecessor's writers
        {
            store.remove(key);
        }
    }
    const CPLErrorHandlerPusher quiet(CPLQuietErrorHandler);
    const CPLErrorStateBackuper unchanged;
    for (const std::string &folder : files.folders)
    {
        store::remove_empty_folder(store.path(folder)); // those that are not empty stay
    }
}

bool is_folder(const std::string &path)
{
    VSIStatBufL status;
    return VSIStatExL(path.c_str(), &status, VSI_STAT_EXISTS_FLAG | VSI_STAT_NATURE_FLAG) == 0 &&
           VSI_ISDIR(status.st_mode);
}

/// All but .tiledir and the item, which is the last to come.
bool comes_before_item(const std::string &name)
{
    return name != "." && name != ".." && name != store::kOwnFolder && name != kItemKey;
}

/// Folders of others in the same place stay, with what is in them.
void move_files(const std::string &from, const std::string &to)
{
    const CPLStringList names(VSIReadDir(from.c_str()));
    for (int index = 0; index < names.size(); ++index)
    {
        const std::string source = from + '/' + names[index];
        const std::string target = to + '/' + names[index];
        if (!comes_before_item(names[index]) || VSIRename(source.c_str(), target.c_str()) == 0)
        {
            continue;
        }
        const int failure = errno;
        if (!is_folder(source) || !is_folder(target))
        {
            store::throw_write_error(target, "move to", failure);
        }
        move_files(source, target);
    }
    store::fsync_path(to, O_DIRECTORY);
}

/// Where nothing can be renamed as a whole.
void copy_objects(Store &store)
{
    const std::string prefix = std::string(kSuccessorFolder) + '/';
    store::TaskQueue queue(kCopies);
    store::for_each_entry(store.path(kSuccessorFolder), store::Depth::Tree, false,
                          [&](const VSIDIREntry &entry)
                          {
                              const std::string key = entry.pszName;
                              if (!VSI_ISDIR(entry.nMode) && !is_in(key, store::kOwnFolder) && comes_before_item(key))
                              {
                                  queue.add(
                                      [&store, key, from = prefix + key]
                                      {
                                          if (const auto bytes = store.read(from))
                                          {
                                              store.write(key, bytes->data(), bytes->size());
                                          }
                                      });
                              }
                              return true;
                          });
    queue.finish();
}

} // namespace

void put_in_place(const std::string &folder, const SuccessorTiles &tiles)
{
    const auto store = store::open_store(folder);
    const OwnFiles predecessor(folder);
    const std::string from = store->path(kSuccessorFolder);
    const auto item = store->read_text(std::string(kSuccessorFolder) + '/' + kItemKey);
    if (!item)
    {
        throw StoreError(from + '/' + kItemKey, "is gone");
    }
    const OwnFiles::Found old_files = predecessor.find();
    const auto intents = announced(*store, tiles, predecessor.templates());
    remove_predecessor(*store, old_files);
    folder.rfind("/vsi", 0) == 0 ? copy_objects(*store) : move_files(from, folder);
    store->write_at_sync(kItemKey, *item);
    store->sync(); // tiles, and then the item's name
    store->sync();
    VSIRmdirRecursive(from.c_str());
    for (const auto &intent : intents)
    {
        intent->finish();
    }
    store->remove_leftovers(); // of writers that died
}

} // namespace tiledir::driver
