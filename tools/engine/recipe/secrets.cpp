#include "tools/engine/recipe/secrets.h"

#include "driver/store/network_path.h"

#include <boost/filesystem.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace tiledir::engine
{
namespace
{

constexpr std::size_t kShort = 4; ///< values of fewer letters say nothing, and are found in any text

bool is_word(char letter)
{
    return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_' || letter == '-';
}

std::string lowered(std::string text)
{
    for (char &letter : text)
    {
        letter = letter == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    }
    return text;
}

bool is_secret_name(const std::string &given)
{
    static constexpr std::array kWhole{"sig", "key", "pwd", "sas", "auth"};
    static constexpr std::array kParts{"secret",
                                       "password",
                                       "passwd",
                                       "passphrase",
                                       "userpwd",
                                       "token",
                                       "signature",
                                       "credential",
                                       "api_key",
                                       "apikey",
                                       "access_key",
                                       "accesskey",
                                       "connection_string",
                                       "authorization",
                                       "bearer"};
    const std::string name = lowered(given);
    return std::any_of(kWhole.begin(), kWhole.end(), [&](const char *whole) { return name == whole; }) ||
           std::any_of(kParts.begin(), kParts.end(),
                       [&](const char *part) { return name.find(part) != std::string::npos; });
}

/// Is this all ${NAME}, which tells nothing?
bool is_variable(const std::string &value)
{
    return value.size() > 3 && value.compare(0, 2, "${") == 0 && value.find('}') == value.size() - 1;
}

/// `%XX` for all that is not plain in a URL.
std::string escaped(const std::string &text, const std::string &plain)
{
    std::string url;
    for (const char letter : text)
    {
        const auto byte = static_cast<unsigned char>(letter);
        const bool is_plain = std::isalnum(byte) != 0 || plain.find(letter) != std::string::npos;
        url += is_plain ? std::string(1, letter) : fmt::format("%{:02X}", byte);
    }
    return url;
}

/// How paths have a variable's value.
std::vector<std::string> spellings(const std::string &value)
{
    const auto end = value.find_last_not_of('/');
    const std::string text = value.substr(0, end == std::string::npos ? 1 : end + 1);
    const std::string path = store::vsi_path(text);
    const std::string normal = boost::filesystem::path("/" + path).lexically_normal().string();
    return {text, path, path.front() == '/' ? normal : normal.substr(1)};
}

void replace_all(std::string &text, const std::vector<std::pair<std::string, std::string>> &pairs)
{
    for (const auto &[value, shown] : pairs)
    {
        for (std::size_t at = text.find(value); at != std::string::npos; at = text.find(value, at + shown.size()))
        {
            text.replace(at, value.size(), shown);
        }
    }
}

void hide(std::string &text, std::size_t begin, std::size_t end)
{
    const std::string value = text.substr(begin, end - begin);
    if (!value.empty() && !is_variable(value))
    {
        text.replace(begin, end - begin, kHidden);
    }
}

/// Hides the password of USER:PASSWORD@ after "://".
void hide_passwords(std::string &text)
{
    for (std::size_t at = text.find("://"); at != std::string::npos; at = text.find("://", at + 1))
    {
        const std::size_t begin = at + 3;
        const std::size_t end = std::min(text.find_first_of("/?# \t\n\"'", begin), text.size());
        const std::size_t host = end == begin ? std::string::npos : text.rfind('@', end - 1);
        const std::size_t colon = text.find(':', begin);
        if (host != std::string::npos && host > begin && colon < host)
        {
            hide(text, colon + 1, host);
        }
    }
}

/// Hides values of NAME=VALUE.
void hide_values(std::string &text)
{
    for (std::size_t at = text.find('='); at != std::string::npos; at = text.find('=', at + 1))
    {
        std::size_t begin = at;
        while (begin > 0 && is_word(text[begin - 1]))
        {
            --begin;
        }
        if (is_secret_name(text.substr(begin, at - begin)))
        {
            hide(text, at + 1, std::min(text.find_first_of("&,; \t\n\"'", at), text.size()));
        }
    }
}

} // namespace

Secrets::Secrets(const store::Variables &used)
{
    std::set<std::string> known;
    const auto add = [&known](const std::string &text, const std::string &name, auto &list)
    {
        if (text.size() >= kShort && known.insert(text).second)
        {
            list.emplace_back(text, "${" + name + "}");
        }
    };
    for (const auto &[name, value] : used)
    {
        for (const std::string &text : spellings(value))
        {
            add(text, name, m_in_paths);
            add(escaped(text, "-_.~/"), name, m_in_urls);
            add(escaped(text, "-_.~"), name, m_in_urls);
        }
    }
    for (auto *list : {&m_in_paths, &m_in_urls})
    {
        std::stable_sort(list->begin(), list->end(),
                         [](const auto &one, const auto &other) { return one.first.size() > other.first.size(); });
    }
}

std::string Secrets::with_names(std::string text) const
{
    replace_all(text, m_in_paths);
    return text;
}

std::string Secrets::redacted(std::string text) const
{
    replace_all(text, m_in_paths);
    replace_all(text, m_in_urls);
    hide_passwords(text);
    hide_values(text);
    return text;
}

Json Secrets::redacted_json(const Json &json) const
{
    if (json.is_string())
    {
        return redacted(json.get<std::string>());
    }
    if (json.is_array())
    {
        Json list = Json::array();
        for (const Json &each : json)
        {
            list.push_back(redacted_json(each));
        }
        return list;
    }
    if (!json.is_object())
    {
        return json;
    }
    Json map = Json::object();
    for (const auto &[name, value] : json.items())
    {
        const bool is_hidden = value.is_string() && is_secret_name(name) && !is_variable(value.get<std::string>());
        map[name] = is_hidden ? Json(kHidden) : redacted_json(value);
    }
    return map;
}

} // namespace tiledir::engine
