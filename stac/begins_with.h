// Beginnings of texts.
#pragma once

#include <string_view>

namespace tiledir::stac
{

inline bool begins_with(std::string_view text, std::string_view beginning)
{
    return text.substr(0, beginning.size()) == beginning;
}

} // namespace tiledir::stac
