// Locks on keys between the threads and processes that share a folder.
#pragma once

#include "driver/store/store.h"

#include <memory>
#include <string>

namespace tiledir::store
{

/// Waits for the lock on a key: one byte, at the key's hash, of the file `folder/lock` (made where it is not there),
/// locked by the system (fcntl, of the open file and not of the process), over NFS too. It ends with its holder,
/// however that ends. Null where the file system has no locks. Throws StoreError where the file cannot be written.
std::unique_ptr<KeyLock> take_local_lock(const std::string &folder, const std::string &key);

} // namespace tiledir::store
