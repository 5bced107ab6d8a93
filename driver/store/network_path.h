// Which paths lead over a network: what comes from there is not trusted.
#pragma once

#include <string>

namespace tiledir::store
{

/// Does this path lead over a network, through an archive, a cache or a part of a file too?
bool is_on_network(const std::string &path);

} // namespace tiledir::store
