// The item of a folder of tiles, as it is stored.
#pragma once

#include "driver/store/store.h"

#include <nlohmann/json.hpp>

#include <functional>
#include <string>

namespace tiledir::raster
{

/// Changes the JSON, in place; false: it stays as it is.
using ChangeJson = std::function<bool(nlohmann::ordered_json &json)>;

/// Changes the item at a key, whatever others change of it at the same time (store::update_object()): `change` may be
/// called more than once. Throws what it throws, with the item's path before an InputError; InputError where the item
/// is gone or is no JSON, StoreError, TileError.
void change_stored_item(store::Store &store, const std::string &key, const ChangeJson &change);

} // namespace tiledir::raster
