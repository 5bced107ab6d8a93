#include "driver/item/item_properties.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace tiledir::driver
{

namespace
{

constexpr std::size_t kMostLetters = 65536; ///< of one value
constexpr std::array kShownOtherwise{"tiles:", "proj:", "tiledir:"};

} // namespace

std::map<std::string, std::string> item_properties(const nlohmann::json &item)
{
    std::map<std::string, std::string> found;
    const auto properties = item.is_object() ? item.find("properties") : item.end();
    if (properties == item.end() || !properties->is_object())
    {
        return found;
    }
    for (const auto &[name, value] : properties->items())
    {
        const bool is_shown = std::any_of(kShownOtherwise.begin(), kShownOtherwise.end(),
                                          [&name = name](const char *prefix) { return name.rfind(prefix, 0) == 0; });
        // GDAL's lists of metadata hold NAME=VALUE.
        if (is_shown || value.is_null() || name.empty() || name.find_first_of("=\r\n") != std::string::npos)
        {
            continue;
        }
        std::string text = value.is_string() ? value.get<std::string>() : value.dump();
        if (!text.empty() && text.size() <= kMostLetters)
        {
            std::string key = name;
            std::replace(key.begin(), key.end(), ':', '_'); // which ends a name where GDAL saves its lists
            found.emplace(std::move(key), std::move(text));
        }
    }
    return found;
}

} // namespace tiledir::driver
