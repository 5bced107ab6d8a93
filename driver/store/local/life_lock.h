// Who lives, as locks of a local disk tell.
#pragma once

#include "driver/store/store.h"

#include <memory>
#include <optional>
#include <string>

namespace tiledir::store
{

/// Locks the byte of an id in the file `folder/lock` (made where it is not there), until it is let go or the process
/// ends, however that ends: the system knows, whatever host names, process ids and containers there are. Null where the
/// file system has no locks. Throws StoreError where the file cannot be written.
std::unique_ptr<KeyLock> take_life_lock(const std::string &folder, const std::string &id);

/// Whether the lock of this id is held. False on a local disk alone: over a network a client may keep its locks to
/// itself. Nullopt where that is not known.
std::optional<bool> is_life_locked(const std::string &folder, const std::string &id);

} // namespace tiledir::store
