// URLs and paths of GDAL's, and which of them lead over a network: what comes from there is not trusted.
#pragma once

#include <string>

namespace tiledir::store
{

/// Does this path lead over a network, through an archive, a cache or a part of a file too?
bool is_on_network(const std::string &path);

/// Does the path lead to an object store by the store's own protocol?
bool is_object_store(const std::string &path);

/// The folder of a path, a query at its end left out, which holds no '/'; empty where there is none. GDAL's own keeps
/// the query from 3.10 on.
std::string folder_of_path(const std::string &path);

/// A URL (http, https, s3, gs, az, file) as a path of GDAL's virtual file systems; any other text is returned as it is.
std::string vsi_path(const std::string &url);

} // namespace tiledir::store
