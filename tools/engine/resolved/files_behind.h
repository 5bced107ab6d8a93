// What an input's file leads to.
#pragma once

#include <string>
#include <vector>

namespace tiledir::engine
{

/// The name itself and, of a VRT, the names of all that it is made of, at whatever depth; links are resolved.
std::vector<std::string> files_behind(const std::string &path);

} // namespace tiledir::engine
