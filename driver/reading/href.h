// Links of an item as paths that GDAL opens.
#pragma once

#include "driver/store/network_path.h"

#include <string>

namespace tiledir::driver
{

using store::vsi_path;

struct ResolvedHref
{
    std::string folder; ///< the item's, whose braces are no template's; empty where the href does not begin there
    std::string path;   ///< below it, or by itself; may be a template

    std::string text() const { return folder.empty() ? path : folder + '/' + path; }
};

/// Where an href of an item leads: a URL, an absolute path, or relative to the item's folder; on a disk decoded
/// (raster::local_path_of()). What comes over a network is not trusted: it may lead to http, https, s3, gs and az only,
/// unless `allow_local`. Throws InputError that says so. `item_query` is the item's own (query_of()): relative hrefs
/// without a query take it, where it counts for more than the item.
ResolvedHref resolved_href(const std::string &href, const std::string &item_folder, bool allow_local,
                           const std::string &item_query = "");

} // namespace tiledir::driver
