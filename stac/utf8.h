// Text in UTF-8, as all documents are to be that are written.
#pragma once

#include <cstdint>
#include <string>

namespace tiledir::stac
{

/// Appends the bytes of a code point.
void append_utf8(std::uint32_t code, std::string &text);

bool is_utf8(const std::string &text);

/// As it is, or, where it is not UTF-8, taken for Latin-1 (ISO 8859-1).
std::string as_utf8(const std::string &text);

} // namespace tiledir::stac
