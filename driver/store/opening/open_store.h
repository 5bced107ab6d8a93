// The store of a folder, wherever that lies.
#pragma once

#include "driver/store/store.h"

#include <memory>
#include <string>

namespace tiledir::store
{

/// Store over a folder: local paths use the local file system, /vsi paths GDAL's. Makes nothing yet.
/// Local temporary files go to `root/.tiledir/tmp`.
std::unique_ptr<Store> open_store(const std::string &root);

} // namespace tiledir::store
