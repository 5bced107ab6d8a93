#include "stac/percent_encoding.h"

#include <cctype>
#include <cstddef>

namespace tiledir::stac
{

std::string percent_decoded(const std::string &text)
{
    constexpr std::size_t kLength = 3;
    const auto is_hex = [](char digit) { return std::isxdigit(static_cast<unsigned char>(digit)) != 0; };
    std::string decoded;
    for (std::size_t at = 0; at < text.size(); ++at)
    {
        const bool encodes =
            text[at] == '%' && at + kLength <= text.size() && is_hex(text[at + 1]) && is_hex(text[at + 2]);
        const char letter = encodes ? static_cast<char>(std::stoi(text.substr(at + 1, 2), nullptr, 16)) : '\0';
        decoded += letter == '\0' ? text[at] : letter;
        at += letter == '\0' ? 0 : kLength - 1;
    }
    return decoded;
}

} // namespace tiledir::stac
