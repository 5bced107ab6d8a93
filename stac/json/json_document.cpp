#include "stac/json/json_document.h"

#include "stac/error.h"
#include "stac/utf8.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

namespace tiledir::stac
{

namespace
{

/// The parser quotes the token that it stumbles over, however long that is.
constexpr std::size_t kMaxReason = 200;

constexpr std::uint32_t kFirstHigh = 0xD800; ///< of the halves that come first
constexpr std::uint32_t kFirstLow = 0xDC00;

/// NaN, Infinity and -Infinity as Python's json writes them, which is no JSON, become the texts that STAC has for them.
std::string with_named_numbers(const std::string &text)
{
    static constexpr std::array<std::pair<const char *, const char *>, 3> kNames{
        {{"NaN", "\"nan\""}, {"-Infinity", "\"-inf\""}, {"Infinity", "\"inf\""}}};
    if (text.find("NaN") == std::string::npos && text.find("Infinity") == std::string::npos)
    {
        return text;
    }
    std::string json;
    bool in_text = false;
    for (std::size_t at = 0; at < text.size(); ++at)
    {
        const auto name =
            std::find_if(kNames.begin(), kNames.end(),
                         [&](const auto &each) { return text.compare(at, std::strlen(each.first), each.first) == 0; });
        if (!in_text && name != kNames.end())
        {
            json += name->second;
            at += std::strlen(name->first) - 1;
            continue;
        }
        json += text[at];
        if (in_text && text[at] == '\\' && at + 1 < text.size())
        {
            json += text[++at];
        }
        else if (text[at] == '"')
        {
            in_text = !in_text;
        }
    }
    return json;
}

/// Code units of UTF-16 as UTF-8; halves of pairs alone become U+FFFD.
std::string from_utf16(const std::string &text, bool big_endian)
{
    const auto unit_at = [&](std::size_t at) -> std::uint32_t
    {
        const auto one = static_cast<unsigned char>(text[at + (big_endian ? 0 : 1)]);
        const auto two = static_cast<unsigned char>(text[at + (big_endian ? 1 : 0)]);
        return (static_cast<std::uint32_t>(one) << 8U) | two;
    };
    const auto is_half = [](std::uint32_t unit, std::uint32_t first) { return unit >= first && unit < first + 0x400; };
    std::string utf8;
    for (std::size_t at = 0; at + 1 < text.size(); at += 2)
    {
        std::uint32_t code = unit_at(at);
        if (is_half(code, kFirstHigh) && at + 3 < text.size() && is_half(unit_at(at + 2), kFirstLow))
        {
            at += 2;
            code = 0x10000 + ((code - kFirstHigh) << 10U) + (unit_at(at) - kFirstLow);
        }
        else if (is_half(code, kFirstHigh) || is_half(code, kFirstLow))
        {
            code = 0xFFFD;
        }
        append_utf8(code, utf8);
    }
    return utf8;
}

} // namespace

bool begins_like_utf16(const std::string &text)
{
    return text.size() >= 2 && (text.compare(0, 2, "\xFF\xFE") == 0 || text.compare(0, 2, "\xFE\xFF") == 0 ||
                                (text[0] == '\0') != (text[1] == '\0'));
}

std::string json_text(const std::string &text)
{
    const std::string mark = "\xEF\xBB\xBF";
    const bool utf16 = begins_like_utf16(text);
    const bool big_endian = utf16 && (text[0] == '\xFE' || text[0] == '\0');
    const std::string utf8 = utf16 ? from_utf16(text, big_endian) : text;
    return with_named_numbers(utf8.compare(0, mark.size(), mark) == 0 ? utf8.substr(mark.size()) : utf8);
}

nlohmann::json parse_json(const std::string &text, const std::string &name)
{
    if (text.size() > kMaxJsonSize)
    {
        throw InputError(name, "is larger than " + std::to_string(kMaxJsonSize >> 20) + " MiB");
    }
    const auto bounded = [&name](int depth, nlohmann::json::parse_event_t event, const nlohmann::json &)
    {
        const bool opens =
            event == nlohmann::json::parse_event_t::object_start || event == nlohmann::json::parse_event_t::array_start;
        if (opens && depth >= kMaxJsonDepth)
        {
            throw InputError(name, "is nested more than " + std::to_string(kMaxJsonDepth) + " deep");
        }
        return true;
    };
    try
    {
        return nlohmann::json::parse(json_text(text), bounded);
    }
    catch (const nlohmann::json::exception &error) // also of a number beyond all numbers
    {
        const std::string reason = error.what();
        throw InputError(name, "not JSON: " + (reason.find("UTF-8") == std::string::npos ? reason.substr(0, kMaxReason)
                                                                                         : "its text is not in UTF-8"));
    }
}

} // namespace tiledir::stac
