#include "driver/item/dimension_choice.h"

#include "stac/error.h"
#include "stac/grid/href_template.h"

#include <cpl_string.h>

#include <algorithm>
#include <memory>
#include <set>

namespace tiledir::driver
{

namespace
{

constexpr const char *kParameter = "cube:dimensions:";
constexpr std::size_t kMaxChoices = 10000;

std::set<std::string> names_in(const std::vector<stac::TileAsset> &assets)
{
    std::set<std::string> names;
    for (const stac::TileAsset &asset : assets)
    {
        const stac::HrefTemplate href(asset.href);
        for (const std::string &parameter : href.parameters())
        {
            if (parameter.rfind(kParameter, 0) == 0)
            {
                names.insert(parameter.substr(std::string(kParameter).size()));
            }
        }
    }
    return names;
}

/// Numbers as JSON writes them; what is neither number nor text is left out.
std::vector<std::string> listed_values(const stac::TiledAssetsItem &item, const std::string &name)
{
    const nlohmann::json::json_pointer path = nlohmann::json::json_pointer() / "cube:dimensions" / name / "values";
    std::vector<std::string> values;
    if (!item.extra_properties.contains(path) || !item.extra_properties.at(path).is_array())
    {
        return values;
    }
    for (const nlohmann::json &value : item.extra_properties.at(path))
    {
        if (value.is_string() || value.is_number())
        {
            values.push_back(value.is_string() ? value.get<std::string>() : value.dump());
        }
    }
    return values;
}

std::string joined(const std::vector<std::string> &values)
{
    constexpr std::size_t kMost = 10;
    std::string text;
    for (std::size_t index = 0; index < std::min(values.size(), kMost); ++index)
    {
        text += (index == 0 ? "" : ", ") + values[index];
    }
    return values.size() > kMost ? text + ", ..." : text;
}

/// The values that are left of one dimension.
std::vector<std::string> values_left(const stac::TiledAssetsItem &item, const std::string &name,
                                     const DimensionValues &chosen)
{
    std::vector<std::string> listed = listed_values(item, name);
    const auto found = chosen.find(name);
    if (found == chosen.end())
    {
        if (listed.empty())
        {
            throw InputError("dimension " + name + ": the item lists no values; choose one with open option " +
                             "DIMENSIONS=" + name + "=VALUE");
        }
        return listed;
    }
    if (!listed.empty() && std::find(listed.begin(), listed.end(), found->second) == listed.end())
    {
        throw InputError("dimension " + name + ": has no value '" + found->second + "', it has " + joined(listed));
    }
    return {found->second};
}

} // namespace

DimensionValues dimensions_of_option(const std::string &text)
{
    DimensionValues values;
    const CPLStringList parts(CSLTokenizeString2(text.c_str(), ",", CSLT_STRIPLEADSPACES | CSLT_STRIPENDSPACES));
    for (int index = 0; index < parts.size(); ++index)
    {
        const std::string part = parts[index];
        const auto equals = part.find('=');
        if (equals == 0 || equals == std::string::npos)
        {
            throw InputError("open option DIMENSIONS: is '" + text + "', should be NAME=VALUE,NAME=VALUE");
        }
        values[part.substr(0, equals)] = part.substr(equals + 1);
    }
    return values;
}

std::string connection_part(const DimensionValues &values)
{
    std::string text;
    for (const auto &[name, value] : values)
    {
        text += (text.empty() ? "" : ":") + name + '=';
        for (const char character : value)
        {
            text += character == ':' ? "%3A" : character == '%' ? "%25" : std::string(1, character);
        }
    }
    return text;
}

bool add_connection_part(const std::string &part, DimensionValues &values)
{
    const auto equals = part.find('=');
    if (equals == 0 || equals == std::string::npos)
    {
        return false;
    }
    const std::unique_ptr<char, decltype(&VSIFree)> value(
        CPLUnescapeString(part.substr(equals + 1).c_str(), nullptr, CPLES_URL), VSIFree);
    values[part.substr(0, equals)] = value.get();
    return true;
}

std::vector<DimensionValues> dimension_choices(const stac::TiledAssetsItem &item,
                                               const std::vector<stac::TileAsset> &assets,
                                               const DimensionValues &chosen)
{
    std::vector<DimensionValues> choices{{}};
    for (const std::string &name : names_in(assets))
    {
        const std::vector<std::string> values = values_left(item, name, chosen);
        if (values.size() > kMaxChoices / choices.size())
        {
            throw InputError("dimension " + name + ": too many combinations of values to list; choose one with open " +
                             "option DIMENSIONS=" + name + "=VALUE, such as " + values.front());
        }
        std::vector<DimensionValues> longer;
        for (const DimensionValues &choice : choices)
        {
            for (const std::string &value : values)
            {
                longer.push_back(choice);
                longer.back()[name] = value;
            }
        }
        choices = std::move(longer);
    }
    return choices;
}

std::map<std::string, std::string> template_values(const DimensionValues &values)
{
    std::map<std::string, std::string> parameters;
    for (const auto &[name, value] : values)
    {
        parameters[kParameter + name] = value;
    }
    return parameters;
}

} // namespace tiledir::driver
