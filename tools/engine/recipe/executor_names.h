// What a recipe's `executor` may be beside `auto`.
#pragma once

#include <string>
#include <vector>

namespace tiledir::engine
{

/// Defined beside the executors themselves (executors/executor_registry.cpp).
std::vector<std::string> executor_names();

} // namespace tiledir::engine
