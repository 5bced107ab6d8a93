// Links of an item as paths that GDAL opens.
#pragma once

#include <string>

namespace tiledir::driver
{

/// A URL (http, https, s3, gs, az, file) as a path of GDAL's virtual file systems; any other text is returned as it is.
std::string vsi_path(const std::string &url);

/// Path of an href of an item: a URL, an absolute path, or relative to the item's folder. What comes over a network is
/// not trusted: it may lead to http, https, s3, gs and az only, unless `allow_local`. Throws InputError that says so.
std::string resolved_href(const std::string &href, const std::string &item_folder, bool allow_local);

} // namespace tiledir::driver
