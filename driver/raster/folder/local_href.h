// Hrefs of items that lie on a disk.
#pragma once

#include <string>

namespace tiledir::raster
{

/// An href, relative to the item's folder or not, as a path on a disk: it is a URI, so %20 is a space. A folder that is
/// called just so wins, for many tools write names as they are.
std::string local_path_of(const std::string &href, const std::string &item_folder);

} // namespace tiledir::raster
