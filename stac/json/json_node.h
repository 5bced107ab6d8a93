// A value of a JSON document that knows where it lies, so that what is wrong with it can be said with its path.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

namespace tiledir::stac
{

/// Refers to the document, which must live longer. All readers throw InputError `path: what is wrong`.
class JsonNode
{
public:
    explicit JsonNode(const nlohmann::json &json, std::string path = {});

    const nlohmann::json &json() const { return *m_json; }
    const std::string &path() const { return m_path; }

    /// The first of these members that is there and not null; the node must be an object.
    std::optional<JsonNode> find(std::initializer_list<const char *> keys) const;
    std::optional<JsonNode> find(const std::string &key) const { return find({key.c_str()}); }
    /// Throws where none is there; the message has the first name.
    JsonNode at(std::initializer_list<const char *> keys) const;
    JsonNode at(const std::string &key) const { return at({key.c_str()}); }
    /// Element of an array; the index must be below size().
    JsonNode element(std::size_t index) const;
    /// Number of elements; the node must be an array.
    std::size_t size() const;
    /// Throws where an array or object has more elements.
    const JsonNode &at_most(std::size_t elements) const;

    /// Throws unless the node is an object.
    const JsonNode &object() const;
    /// At most 64 KiB.
    std::string text() const;
    /// A text that becomes part of paths: at most `max_size` bytes, none of them a control character.
    std::string name(std::size_t max_size) const;
    /// Text of an optional member, empty where there is none.
    std::string text_or_empty(const char *key) const;
    double number() const;
    bool boolean() const;
    /// A whole number from `min` to `max`; 3.0 is one too.
    std::int64_t integer(std::int64_t min, std::int64_t max) const;

    [[noreturn]] void fail(const std::string &what) const;

private:
    const nlohmann::json *m_json;
    std::string m_path;
};

} // namespace tiledir::stac
