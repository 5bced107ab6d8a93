// From a name to what the item there says.
#pragma once

#include "driver/item/opened_item.h"

namespace tiledir::driver
{

/// What lies under a name: an item, a tree of tiles with a document of another kind, or a bare one. No assets are
/// chosen yet; the item's warnings are told. Throws InputError.
OpenedItem open_item(const char *name, OpenOptions options);

} // namespace tiledir::driver
