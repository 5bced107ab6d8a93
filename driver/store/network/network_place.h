// Where a folder of GDAL's network file systems is.
#pragma once

#include <string>

namespace tiledir::store
{

struct NetworkPlace
{
    bool http = false;    ///< object_url() has URLs for its objects
    std::string server;   ///< scheme and host
    std::string identity; ///< with a key after it, what NetworkCache knows the object by; it tells the server too: the
                          ///< same path may lead to another one later
};

/// `root` is without a '/' at its end.
NetworkPlace network_place(const std::string &root);

/// What was cached of an object, by GDAL or in NetworkCache, is not told any more.
void forget(const NetworkPlace &place, const std::string &root, const std::string &key);

} // namespace tiledir::store
