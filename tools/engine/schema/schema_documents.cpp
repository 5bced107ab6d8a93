// What is made of declarations for readers: JSON Schema, the documentation's tables, YAML of a resolved document.
#include "tools/engine/schema/schema.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tiledir::engine
{
namespace
{

std::string type_name(const Key &key)
{
    switch (key.type)
    {
    case KeyType::Boolean:
        return "true or false";
    case KeyType::Integer:
        return "whole number";
    case KeyType::Number:
        return "number";
    case KeyType::Text:
        return "text";
    case KeyType::Texts:
        return "text or list of texts";
    case KeyType::Numbers:
        return key.length ? fmt::format("list of {} numbers", key.length) : "list of numbers";
    case KeyType::Map:
    case KeyType::Named:
        return "map";
    case KeyType::Values:
        return "map of names to values";
    case KeyType::Any:
        break;
    }
    return "any";
}

std::string range_column(const Key &key)
{
    std::string text;
    if (key.minimum || key.maximum)
    {
        text = fmt::format("{} to {}", key.minimum ? fmt::format("{}", *key.minimum) : "",
                           key.maximum ? fmt::format("{}", *key.maximum) : "");
    }
    if (!key.words.empty())
    {
        text += (text.empty() ? "" : ", or ") + fmt::format("{}", fmt::join(key.words, ", "));
    }
    return text;
}

Json words_schema(const Key &key)
{
    return {{"type", "string"}, {"enum", key.words}};
}

Json number_schema(const Key &key, const char *type)
{
    Json schema = {{"type", type}};
    if (key.minimum)
    {
        schema["minimum"] = *key.minimum;
    }
    if (key.maximum)
    {
        schema["maximum"] = *key.maximum;
    }
    return key.words.empty() ? schema : Json{{"anyOf", Json::array({schema, words_schema(key)})}};
}

Json text_schema(const Key &key)
{
    return key.words.empty() ? Json{{"type", Json::array({"string", "number"})}} : words_schema(key);
}

Json map_schema(const Key &key)
{
    const Json map = key.keys->json_schema();
    const Json first = map["properties"].begin().value();
    return {{"anyOf", Json::array({map, first})}};
}

Json key_schema(const Key &key)
{
    switch (key.type)
    {
    case KeyType::Boolean:
        return {{"type", "boolean"}};
    case KeyType::Integer:
        return number_schema(key, "integer");
    case KeyType::Number:
        return number_schema(key, "number");
    case KeyType::Text:
        return text_schema(key);
    case KeyType::Texts:
        return {{"anyOf", Json::array({text_schema(key), Json{{"type", "array"}, {"items", text_schema(key)}}})}};
    case KeyType::Numbers:
    {
        Json list = {{"type", "array"}, {"items", {{"type", "number"}}}};
        if (key.length)
        {
            list["minItems"] = key.length;
            list["maxItems"] = key.length;
        }
        return list;
    }
    case KeyType::Map:
        return map_schema(key);
    case KeyType::Named:
        return {{"type", "object"}, {"additionalProperties", map_schema(key)}};
    case KeyType::Values:
        return {{"type", "object"}, {"additionalProperties", {{"type", Json::array({"string", "number", "boolean"})}}}};
    case KeyType::Any:
        break;
    }
    return Json::object();
}

void emit(YAML::Emitter &out, const Json &json)
{
    if (json.is_object())
    {
        out << YAML::BeginMap;
        for (const auto &[key, child] : json.items())
        {
            out << YAML::Key << key << YAML::Value;
            emit(out, child);
        }
        out << YAML::EndMap;
    }
    else if (json.is_array())
    {
        out << YAML::Flow << YAML::BeginSeq;
        for (const auto &child : json)
        {
            emit(out, child);
        }
        out << YAML::EndSeq;
    }
    else if (json.is_string())
    {
        out << json.get<std::string>();
    }
    else if (json.is_null())
    {
        out << YAML::Null;
    }
    else
    {
        out << json.dump();
    }
}

} // namespace

Json Schema::json_schema() const
{
    Json properties = Json::object();
    Json required = Json::array();
    for (const auto &key : m_keys)
    {
        Json schema = key_schema(key);
        if (!key.required && key.default_value.is_null() && key.type != KeyType::Any)
        {
            schema = {{"anyOf", Json::array({schema, Json{{"type", "null"}}})}};
        }
        schema["description"] = key.help;
        if (!key.default_value.is_null())
        {
            schema["default"] = key.default_value;
        }
        properties[key.name] = schema;
        if (key.required)
        {
            required.push_back(key.name);
        }
    }
    return {{"type", "object"}, {"properties", properties}, {"required", required}, {"additionalProperties", false}};
}

std::string Schema::markdown(const std::string &where) const
{
    std::string text;
    if (where.empty())
    {
        text = "| key | type | default | range | meaning |\n| --- | --- | --- | --- | --- |\n";
    }
    for (const auto &key : m_keys)
    {
        const std::string path = where + key.name;
        const std::string fallback = key.required                  ? "required"
                                     : key.default_value.is_null() ? ""
                                                                   : "`" + key.default_value.dump() + "`";
        text +=
            fmt::format("| `{}` | {} | {} | {} | {} |\n", path, type_name(key), fallback, range_column(key), key.help);
        if (key.keys)
        {
            text += key.keys->markdown(path + (key.type == KeyType::Named ? ".NAME." : "."));
        }
    }
    return text;
}

std::string to_yaml(const Json &json)
{
    YAML::Emitter out;
    out.SetDoublePrecision(17);
    emit(out, json);
    return std::string(out.c_str()) + "\n";
}

} // namespace tiledir::engine
