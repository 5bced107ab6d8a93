// Links of an item as paths that GDAL opens.
#pragma once

#include "driver/store/network_path.h"

#include <string>

namespace tiledir::driver
{

using store::vsi_path;

/// Path of an href of an item: a URL, an absolute path, or relative to the item's folder. What comes over a network is
/// not trusted: it may lead to http, https, s3, gs and az only, unless `allow_local`. Throws InputError that says so.
std::string resolved_href(const std::string &href, const std::string &item_folder, bool allow_local);

} // namespace tiledir::driver
