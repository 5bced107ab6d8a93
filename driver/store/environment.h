// Texts in which ${NAME} stands for an environment variable, so that secrets and places need not be written down.
#pragma once

#include <map>
#include <string>

namespace tiledir::store
{

/// What variables stood for, by name.
using Variables = std::map<std::string, std::string>;

/// The text with each ${NAME} replaced; those are noted in `used`, where it is given. Anything else that begins with $
/// stays. Throws InputError for one that is not set.
std::string with_environment(const std::string &text, Variables *used = nullptr);

} // namespace tiledir::store
