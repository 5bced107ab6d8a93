// What is in a folder, local or on an object store; a listing that fails is never taken for an empty folder.
#pragma once

#include "driver/store/store.h"

#include <cpl_vsi.h>

#include <functional>
#include <string>

namespace tiledir::store
{

/// The folder of a key of the store, as for_each_entry() takes it; of the store itself where there is none.
inline std::string folder_at(const Store &store, const std::string &key = "")
{
    const std::string path = store.path(key);
    return path.substr(0, path.find_last_not_of('/') + 1);
}

enum class Listing
{
    Whole,
    Stopped, ///< by the visitor
    Absent   ///< no such folder; on object stores an empty one too
};

enum class Depth
{
    Folder, ///< what is right in it
    Tree
};

/// Calls `visit` for each file and folder until it says no: names are relative to `folder`, which has no '/' at its
/// end. Where no times are asked for, entries may have none. Over a network what may pass is tried again
/// (GDAL_HTTP_MAX_RETRY, TILEDIR_HTTP_PATIENCE) as long as nothing was visited. Throws StoreError.
Listing for_each_entry(const std::string &folder, Depth depth, bool with_times,
                       const std::function<bool(const VSIDIREntry &)> &visit);

/// Removes a folder, unless there is something in it: in memory GDAL itself does not look.
void remove_empty_folder(const std::string &folder);

/// Does a listing of its folder tell of this object? Throws StoreError.
bool is_listed(const std::string &path);

} // namespace tiledir::store
