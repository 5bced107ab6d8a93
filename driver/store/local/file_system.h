// What the kind of a file system promises.
#pragma once

#include <string>

namespace tiledir::store
{

/// Does one syncfs() make all durable? It covers data, renames and new folders, flushes the device's cache, and (since
/// Linux 5.8) reports lost pages on these only; network and FUSE file systems may not.
bool is_synced_whole(int descriptor);

/// True where the path's file system is of this machine alone, so that all who use it see each other's locks.
bool is_local_disk(const std::string &path);

} // namespace tiledir::store
