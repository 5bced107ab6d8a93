#include "stac/json/json_node.h"

#include "stac/error.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tiledir::stac
{

namespace
{

constexpr std::size_t kMaxText = std::size_t{64} << 10;

} // namespace

JsonNode::JsonNode(const nlohmann::json &json, std::string path)
    : m_json(&json)
    , m_path(std::move(path))
{
}

void JsonNode::fail(const std::string &what) const
{
    throw InputError((m_path.empty() ? "JSON" : m_path) + ": " + what);
}

const JsonNode &JsonNode::object() const
{
    if (!m_json->is_object())
    {
        fail("is a JSON " + std::string(m_json->type_name()) + ", should be an object");
    }
    return *this;
}

std::optional<JsonNode> JsonNode::find(std::initializer_list<const char *> keys) const
{
    object();
    for (const char *key : keys)
    {
        const auto member = m_json->find(key);
        if (member != m_json->end() && !member->is_null())
        {
            return JsonNode(*member, m_path.empty() ? key : m_path + "." + key);
        }
    }
    return std::nullopt;
}

JsonNode JsonNode::at(std::initializer_list<const char *> keys) const
{
    const auto found = find(keys);
    if (!found)
    {
        const std::string key = *keys.begin();
        throw InputError((m_path.empty() ? key : m_path + "." + key) + ": is missing");
    }
    return *found;
}

JsonNode JsonNode::element(std::size_t index) const
{
    return JsonNode((*m_json)[index], m_path + "[" + std::to_string(index) + "]");
}

std::size_t JsonNode::size() const
{
    if (!m_json->is_array())
    {
        fail("is a JSON " + std::string(m_json->type_name()) + ", should be an array");
    }
    return m_json->size();
}

const JsonNode &JsonNode::at_most(std::size_t elements) const
{
    if (m_json->size() > elements)
    {
        fail("has " + std::to_string(m_json->size()) + " elements, should have at most " + std::to_string(elements));
    }
    return *this;
}

std::string JsonNode::text() const
{
    if (!m_json->is_string())
    {
        fail("is " + m_json->dump().substr(0, 40) + ", should be a text");
    }
    const auto &text = m_json->get_ref<const std::string &>();
    if (text.size() > kMaxText)
    {
        fail("has " + std::to_string(text.size()) + " bytes, should have at most " + std::to_string(kMaxText));
    }
    return text;
}

std::string JsonNode::name(std::size_t max_size) const
{
    std::string name = text();
    if (name.size() > max_size)
    {
        fail("has " + std::to_string(name.size()) + " bytes, should have at most " + std::to_string(max_size));
    }
    if (std::any_of(name.begin(), name.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; }))
    {
        fail("has a control character in it");
    }
    return name;
}

std::string JsonNode::text_or_empty(const char *key) const
{
    const auto member = find({key});
    return member ? member->text() : std::string();
}

double JsonNode::number() const
{
    if (!m_json->is_number() || !std::isfinite(m_json->get<double>()))
    {
        fail("is " + m_json->dump().substr(0, 40) + ", should be a number");
    }
    return m_json->get<double>();
}

bool JsonNode::boolean() const
{
    if (!m_json->is_boolean())
    {
        fail("is " + m_json->dump().substr(0, 40) + ", should be true or false");
    }
    return m_json->get<bool>();
}

std::int64_t JsonNode::integer(std::int64_t min, std::int64_t max) const
{
    const double value = number();
    if (value != std::floor(value) || value < static_cast<double>(min) || value > static_cast<double>(max))
    {
        fail("is " + m_json->dump() + ", should be a whole number from " + std::to_string(min) + " to " +
             std::to_string(max));
    }
    return static_cast<std::int64_t>(value);
}

} // namespace tiledir::stac
