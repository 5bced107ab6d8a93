#include "tools/engine/schema/schema.h"

#include "stac/error.h"
#include "stac/nearest_name.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace tiledir::engine
{
namespace
{

struct Place
{
    const std::string &source;
    std::string where;

    [[noreturn]] void fail(const YAML::Node &node, const std::string &what) const
    {
        const auto line = node.Mark().line;
        const bool in_file = line >= 0 && source.rfind("--", 0) != 0;
        const std::string at = in_file ? fmt::format("{}, line {}", source, line + 1) : source;
        throw InputError(where.empty() ? fmt::format("{}: {}", at, what) : fmt::format("{}: {}: {}", at, where, what));
    }
};

std::string describe(const YAML::Node &node)
{
    if (node.IsScalar())
    {
        return "'" + node.Scalar() + "'";
    }
    return node.IsSequence() ? "a list" : node.IsMap() ? "a map" : "nothing";
}

std::string range_text(const Key &key)
{
    std::string text;
    if (key.minimum && key.maximum)
    {
        text = fmt::format(" from {} to {}", *key.minimum, *key.maximum);
    }
    else if (key.minimum)
    {
        text = fmt::format(" of at least {}", *key.minimum);
    }
    if (!key.words.empty())
    {
        text += fmt::format(" or {}", fmt::join(key.words, ", "));
    }
    return text;
}

Json word_of(const Key &key, const std::string &text)
{
    for (const auto &word : key.words)
    {
        if (stac::same_ignoring_case(word, text))
        {
            return word;
        }
    }
    return nullptr;
}

Json number(const Key &key, const YAML::Node &node, const Place &place)
{
    const bool whole = key.type == KeyType::Integer;
    const std::string expected = (whole ? "a whole number" : "a number") + range_text(key);
    if (!node.IsScalar())
    {
        place.fail(node, fmt::format("{} is not {}", describe(node), expected));
    }
    if (Json word = word_of(key, node.Scalar()); !word.is_null())
    {
        return word;
    }
    double value = 0;
    if (!YAML::convert<double>::decode(node, value) ||
        (whole && (value != std::floor(value) || std::fabs(value) > 9e15)))
    {
        place.fail(node, fmt::format("{} is not {}", describe(node), expected));
    }
    if ((key.minimum && !(value >= *key.minimum)) || (key.maximum && !(value <= *key.maximum)))
    {
        place.fail(node, fmt::format("{} is not {}", node.Scalar(), expected));
    }
    return whole ? Json(static_cast<std::int64_t>(value)) : Json(value);
}

Json text(const Key &key, const YAML::Node &node, const Place &place)
{
    if (!node.IsScalar())
    {
        place.fail(node, fmt::format("{} is not a text", describe(node)));
    }
    if (key.words.empty())
    {
        return node.Scalar();
    }
    Json word = word_of(key, node.Scalar());
    if (word.is_null())
    {
        const std::string near = stac::nearest_name(node.Scalar(), key.words);
        place.fail(node, fmt::format("'{}' is not one of {}{}", node.Scalar(), fmt::join(key.words, ", "),
                                     near.empty() ? "" : "; the nearest is '" + near + "'"));
    }
    return word;
}

Json texts(const Key &key, const YAML::Node &node, const Place &place)
{
    Json list = Json::array();
    if (node.IsScalar())
    {
        list.push_back(text(key, node, place));
        return list;
    }
    if (!node.IsSequence() || node.size() == 0)
    {
        place.fail(node, fmt::format("{} is not a text or a list of texts", describe(node)));
    }
    for (const auto &entry : node)
    {
        list.push_back(text(key, entry, place));
    }
    return list;
}

Json numbers(const Key &key, const YAML::Node &node, const Place &place)
{
    const std::string expected = key.length ? fmt::format("a list of {} numbers", key.length) : "a list of numbers";
    if (!node.IsSequence() || (key.length && node.size() != key.length))
    {
        const std::string given = node.IsSequence() ? fmt::format("a list of {}", node.size()) : describe(node);
        place.fail(node, fmt::format("{} is not {}", given, expected));
    }
    Json list = Json::array();
    Key entry_key = key;
    entry_key.type = KeyType::Number;
    for (const auto &entry : node)
    {
        list.push_back(number(entry_key, entry, place));
    }
    return list;
}

Json boolean(const YAML::Node &node, const Place &place)
{
    bool value = false;
    if (!node.IsScalar() || !YAML::convert<bool>::decode(node, value))
    {
        place.fail(node, fmt::format("{} is not true or false", describe(node)));
    }
    return value;
}

Json values(const YAML::Node &node, const Place &place)
{
    if (!node.IsMap())
    {
        place.fail(node, fmt::format("{} is not a map of names to values", describe(node)));
    }
    Json map = Json::object();
    for (const auto &entry : node)
    {
        if (!entry.second.IsScalar())
        {
            place.fail(entry.first,
                       fmt::format("{}: {} is not a text or a number", entry.first.Scalar(), describe(entry.second)));
        }
        map[entry.first.Scalar()] = entry.second.Scalar();
    }
    return map;
}

Json any(const YAML::Node &node)
{
    if (node.IsMap())
    {
        Json map = Json::object();
        for (const auto &entry : node)
        {
            map[entry.first.Scalar()] = any(entry.second);
        }
        return map;
    }
    if (node.IsSequence())
    {
        Json list = Json::array();
        for (const auto &entry : node)
        {
            list.push_back(any(entry));
        }
        return list;
    }
    return node.IsScalar() ? Json(node.Scalar()) : Json();
}

Json named(const Key &key, const YAML::Node &node, const Place &place)
{
    if (!node.IsMap() || node.size() == 0)
    {
        place.fail(node, fmt::format("{} is not a map of names", describe(node)));
    }
    Json map = Json::object();
    for (const auto &entry : node)
    {
        const std::string name = entry.first.Scalar();
        if (map.contains(name))
        {
            place.fail(entry.first, fmt::format("'{}' is there twice", name));
        }
        map[name] = key.keys->resolve(entry.second, place.source, place.where + "." + name);
    }
    return map;
}

Json value(const Key &key, const YAML::Node &node, const Place &place)
{
    if (node.IsNull())
    {
        if (key.required)
        {
            place.fail(node, "has no value");
        }
        return key.type == KeyType::Map ? key.keys->resolve(YAML::Node(YAML::NodeType::Map), place.source, place.where)
                                        : key.default_value;
    }
    switch (key.type)
    {
    case KeyType::Boolean:
        return boolean(node, place);
    case KeyType::Integer:
    case KeyType::Number:
        return number(key, node, place);
    case KeyType::Text:
        return text(key, node, place);
    case KeyType::Texts:
        return texts(key, node, place);
    case KeyType::Numbers:
        return numbers(key, node, place);
    case KeyType::Map:
        return key.keys->resolve(node, place.source, place.where);
    case KeyType::Named:
        return named(key, node, place);
    case KeyType::Values:
        return values(node, place);
    case KeyType::Any:
        break;
    }
    return any(node);
}

YAML::Node map_of(const std::string &name, const YAML::Node &value)
{
    YAML::Node map(YAML::NodeType::Map);
    map[name] = value;
    return map;
}

} // namespace

Key &&Key::of(std::vector<Key> inner) &&
{
    keys = std::make_shared<const Schema>(std::move(inner));
    return std::move(*this);
}

const Key &Schema::key(const std::string &name) const
{
    const auto found = std::find_if(m_keys.begin(), m_keys.end(), [&](const Key &key) { return key.name == name; });
    if (found == m_keys.end())
    {
        throw InputError("no key '" + name + "' is declared");
    }
    return *found;
}

void Schema::check(const std::string &key_path, const YAML::Node &node, const std::string &flag) const
{
    const auto dot = key_path.find('.');
    const Key &outer = key(key_path.substr(0, dot));
    const Key &declared = dot == std::string::npos ? outer : outer.keys->key(key_path.substr(dot + 1));
    value(declared, node, {flag, ""});
}

Json Schema::resolve(const YAML::Node &given, const std::string &source, const std::string &where) const
{
    const Place here{source, where};
    if (!given.IsMap() && (where.empty() || given.IsNull()))
    {
        here.fail(given, fmt::format("{} is not a map of keys", describe(given)));
    }
    const YAML::Node node = given.IsMap() ? given : map_of(m_keys.front().name, given);
    std::vector<std::string> names;
    std::transform(m_keys.begin(), m_keys.end(), std::back_inserter(names), [](const Key &key) { return key.name; });
    std::vector<std::string> seen;
    const auto path_of = [&](const std::string &name) { return where.empty() ? name : where + "." + name; };
    for (const auto &entry : node)
    {
        const std::string name = entry.first.IsScalar() ? entry.first.Scalar() : "";
        const Place place{source, path_of(name)};
        if (std::find(names.begin(), names.end(), name) == names.end())
        {
            const std::string near = stac::nearest_name(name, names);
            place.fail(entry.first,
                       "unknown key; " + (near.empty() ? fmt::format("the known ones are {}", fmt::join(names, ", "))
                                                       : "the nearest known one is '" + near + "'"));
        }
        if (std::find(seen.begin(), seen.end(), name) != seen.end())
        {
            place.fail(entry.first, "is there twice");
        }
        seen.push_back(name);
    }
    Json resolved = Json::object();
    for (const auto &key : m_keys)
    {
        const Place place{source, path_of(key.name)};
        const YAML::Node child = node[key.name];
        if (!child.IsDefined())
        {
            if (key.required)
            {
                place.fail(given, "is missing; " + key.help);
            }
            resolved[key.name] = value(key, YAML::Node(YAML::NodeType::Null), place);
            continue;
        }
        resolved[key.name] = value(key, child, place);
    }
    return resolved;
}

} // namespace tiledir::engine
