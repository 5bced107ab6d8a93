#include "driver/reading/url_query.h"

#include "stac/begins_with.h"
#include "stac/error.h"
#include "stac/percent_encoding.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <set>
#include <utility>
#include <vector>

namespace tiledir::driver
{

namespace
{

const std::string kByOptions = "/vsicurl?";
const std::string kByUrl = "/vsicurl/";

std::size_t query_at(const std::string &path)
{
    const bool web = stac::begins_with(path, kByUrl + "http://") || stac::begins_with(path, kByUrl + "https://");
    return web ? path.find('?') : std::string::npos;
}

/// NAME and VALUE of each part.
std::vector<std::pair<std::string, std::string>> parts_of(const std::string &query)
{
    std::vector<std::pair<std::string, std::string>> parts;
    for (std::size_t from = 0; from < query.size();)
    {
        const std::size_t end = std::min(query.find('&', from), query.size());
        const std::string part = query.substr(from, end - from);
        const std::size_t equals = part.find('=');
        parts.emplace_back(part.substr(0, equals), equals == std::string::npos ? "" : part.substr(equals + 1));
        from = end + 1;
    }
    return parts;
}

/// Of /vsicurl?...&url=...
std::string url_of_options(const std::string &options)
{
    // They say how GDAL finds a size and lists a folder, which is not asked for here.
    static const std::set<std::string> kOfNoEffect{"use_head", "list_dir", "empty_dir",
                                                   "use_redirect_url_if_no_query_string_params"};
    std::string url;
    for (const auto &[name, value] : parts_of(options))
    {
        if (name == "url")
        {
            url = stac::percent_decoded(value);
        }
        else if (kOfNoEffect.count(name) == 0)
        {
            throw InputError(kByOptions + options.substr(0, options.find("url=")) + "...: option " + name +
                             " is not known here; set the GDAL_HTTP_ configuration options");
        }
    }
    return url;
}

/// Without characters that stand for more in paths and templates.
std::string escaped(const std::string &query)
{
    static constexpr std::array<std::pair<char, const char *>, 3> kCodes{{{'/', "%2F"}, {'{', "%7B"}, {'}', "%7D"}}};
    std::string text;
    for (const char letter : query)
    {
        const auto *const code =
            std::find_if(kCodes.begin(), kCodes.end(), [letter](const auto &each) { return each.first == letter; });
        text += code == kCodes.end() ? std::string(1, letter) : code->second;
    }
    return text;
}

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char letter) { return std::tolower(letter); });
    return text;
}

} // namespace

std::string with_plain_query(const std::string &name)
{
    const std::string path =
        stac::begins_with(name, kByOptions) ? kByUrl + url_of_options(name.substr(kByOptions.size())) : name;
    const std::size_t query = query_at(path);
    return query == std::string::npos
               ? path
               : path.substr(0, query) + escaped(path.substr(query, path.find('#', query) - query));
}

std::string query_of(const std::string &path)
{
    const std::size_t query = query_at(path);
    return query == std::string::npos ? "" : path.substr(query);
}

std::string without_query(const std::string &path)
{
    return path.substr(0, query_at(path));
}

std::string query_of_neighbours(const std::string &query)
{
    static const std::set<std::string> kOfOneObject{"x-amz-signature", "x-goog-signature", "awsaccesskeyid",
                                                    "googleaccessid", "ossaccesskeyid"};
    const auto parts = parts_of(query.empty() ? query : query.substr(1));
    const bool signs_one = std::any_of(parts.begin(), parts.end(),
                                       [](const auto &part)
                                       {
                                           const std::string name = lower(part.first);
                                           return kOfOneObject.count(name) > 0 || (name == "sr" && part.second == "b");
                                       });
    return signs_one ? "" : query;
}

} // namespace tiledir::driver
