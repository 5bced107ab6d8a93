// Changes an object that others may change at the same time.
#pragma once

#include "driver/store/store.h"

#include <functional>

namespace tiledir::store
{

/// Gives an object's new content, from the one there is (null: none); nullopt where it is not to be there.
using ChangeObject = std::function<std::optional<Bytes>(const Bytes *there)>;

/// Reads, changes and writes, again from the start where somebody else wrote in between, so that no change is lost:
/// on local disks one after the other, by the object's lock; on stores with conditional writes the slower one starts
/// again after a while. Elsewhere the last writer wins. An object that `change` leaves as it is is not written. True:
/// under the object's lock, so that what `change` was given last is what was replaced. Throws what `change` throws,
/// StoreError, and TileError, also where others were faster some hundred times.
bool update_object(Store &store, const std::string &key, const ChangeObject &change);

/// Updates one of many objects: on a local disk what replaces it waits for Store::publish(), which tells of those that
/// somebody else has changed meanwhile; these are for update_object().
bool stage_object(Store &store, const std::string &key, const ChangeObject &change);

} // namespace tiledir::store
