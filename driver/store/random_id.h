// Names that nobody else has.
#pragma once

#include <string>

namespace tiledir::store
{

/// 32 hexadecimal digits from the system's random numbers: the same for no two writers, on whatever machines.
std::string random_id();

/// True of a text that random_id() may have made.
bool is_random_id(const std::string &text);

} // namespace tiledir::store
