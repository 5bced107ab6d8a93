#include "stac/utf8.h"

#include <array>
#include <cstddef>

namespace tiledir::stac
{

namespace
{

struct Range
{
    std::uint32_t least;
    std::uint32_t most;
};

constexpr std::uint32_t kMostCode = 0x10FFFF;
constexpr Range kSurrogates{0xD800, 0xDFFF};
constexpr std::array<std::uint32_t, 4> kFirst{0, 0xC0, 0xE0, 0xF0}; ///< by the number of bytes that follow
constexpr std::array<Range, 4> kCodes{{{0, 0x7F}, {0x80, 0x7FF}, {0x800, 0xFFFF}, {0x10000, kMostCode}}};

std::uint32_t byte_at(const std::string &text, std::size_t at)
{
    return static_cast<unsigned char>(text[at]);
}

/// Bytes that follow this one; 4 after one that begins nothing.
std::size_t bytes_after(std::uint32_t first)
{
    return first < 0x80 ? 0 : first < 0xC0 ? 4 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : first < 0xF8 ? 3 : 4;
}

/// The size of the character at a place; 0 where there is none.
std::size_t size_at(const std::string &text, std::size_t at)
{
    const std::size_t more = bytes_after(byte_at(text, at));
    if (more > 3 || at + more >= text.size())
    {
        return 0;
    }
    std::uint32_t code = byte_at(text, at) - kFirst[more];
    for (std::size_t next = at + 1; next <= at + more; ++next)
    {
        const std::uint32_t byte = byte_at(text, next);
        if ((byte & 0xC0U) != 0x80)
        {
            return 0;
        }
        code = (code << 6U) | (byte & 0x3FU);
    }
    const bool is_half = code >= kSurrogates.least && code <= kSurrogates.most;
    return code < kCodes[more].least || code > kCodes[more].most || is_half ? 0 : more + 1;
}

} // namespace

void append_utf8(std::uint32_t code, std::string &text)
{
    std::size_t more = 0;
    while (more < 3 && code > kCodes[more].most)
    {
        ++more;
    }
    const auto put = [&text](std::uint32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
    put(kFirst[more] | (code >> (6 * more)));
    while (more > 0)
    {
        --more;
        put(0x80U | ((code >> (6 * more)) & 0x3FU));
    }
}

bool is_utf8(const std::string &text)
{
    for (std::size_t at = 0; at < text.size();)
    {
        const std::size_t size = size_at(text, at);
        if (size == 0)
        {
            return false;
        }
        at += size;
    }
    return true;
}

std::string as_utf8(const std::string &text)
{
    if (is_utf8(text))
    {
        return text;
    }
    std::string utf8;
    for (std::size_t at = 0; at < text.size(); ++at)
    {
        append_utf8(byte_at(text, at), utf8);
    }
    return utf8;
}

} // namespace tiledir::stac
