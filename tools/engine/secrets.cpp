#include "tools/engine/secrets.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace tiledir::engine
{
namespace
{

constexpr const char *kHidden = "***";
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

void hide(std::string &text, std::size_t begin, std::size_t end)
{
    const std::string value = text.substr(begin, end - begin);
    if (!value.empty() && !is_variable(value))
    {
        text.replace(begin, end - begin, kHidden);
    }
}

/// Of USER:PASSWORD@ after "://".
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

/// Of NAME=VALUE.
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

Secrets::Secrets(store::Variables used)
    : m_used(std::move(used))
{
}

std::string Secrets::redacted(std::string text) const
{
    for (const auto &[name, value] : m_used)
    {
        const std::string shown = "${" + name + "}";
        for (std::size_t at = value.size() < kShort ? std::string::npos : text.find(value); at != std::string::npos;
             at = text.find(value, at + shown.size()))
        {
            text.replace(at, value.size(), shown);
        }
    }
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
