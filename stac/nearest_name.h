// The known name that a misspelt one most likely meant.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace tiledir::stac
{

/// Levenshtein's distance, case aside.
std::size_t edit_distance(const std::string &left, const std::string &right);

/// The nearest of the names by edit distance, case aside; empty where none is near (over half the letters differ).
std::string nearest_name(const std::string &name, const std::vector<std::string> &known);

bool same_ignoring_case(const std::string &left, const std::string &right);

} // namespace tiledir::stac
