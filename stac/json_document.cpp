#include "stac/json_document.h"

#include "stac/error.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace tiledir::stac
{

namespace
{

/// The parser quotes the token that it stumbles over, however long that is.
constexpr std::size_t kMaxReason = 200;

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

} // namespace

nlohmann::json parse_json(const std::string &text, const std::string &name)
{
    if (text.size() > kMaxJsonSize)
    {
        throw InputError(name + ": is larger than " + std::to_string(kMaxJsonSize >> 20) + " MiB");
    }
    const auto bounded = [&name](int depth, nlohmann::json::parse_event_t event, const nlohmann::json &)
    {
        const bool opens =
            event == nlohmann::json::parse_event_t::object_start || event == nlohmann::json::parse_event_t::array_start;
        if (opens && depth >= kMaxJsonDepth)
        {
            throw InputError(name + ": is nested more than " + std::to_string(kMaxJsonDepth) + " deep");
        }
        return true;
    };
    try
    {
        return nlohmann::json::parse(with_named_numbers(text), bounded);
    }
    catch (const nlohmann::json::exception &error) // also of a number beyond all numbers
    {
        throw InputError(name + ": not JSON: " + std::string(error.what()).substr(0, kMaxReason));
    }
}

} // namespace tiledir::stac
