// A YAML text that holds one document, without loops.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>

namespace tiledir::engine
{

/// The document of a text; null where the text has none. `name` is where it is from. Throws YAML::Exception where it is
/// no YAML, and InputError: several documents, an alias of what it is in, or so many aliases of aliases that the whole
/// is too large.
YAML::Node yaml_document(const std::string &text, const std::string &name);

} // namespace tiledir::engine
