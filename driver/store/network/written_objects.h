// Objects by when they were written.
#pragma once

#include "driver/store/store.h"

#include <ctime>
#include <functional>
#include <string>

namespace tiledir::store
{

/// Visits the keys of all objects below a folder of the store ("": its root; what lies in `.tiledir` is left out) that
/// were written at that time or later, by the clock of the store. On object stores by a list of 1000 a request. No
/// order. Throws StoreError.
void for_each_written_since(const Store &store, const std::string &folder, std::time_t since,
                            const std::function<void(const std::string &key)> &visit);

} // namespace tiledir::store
