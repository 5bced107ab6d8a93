// Declarations of keys: name, type, default, help, range. What a user may write is said once, here or in a table
// made of these; parsing, messages, --help, JSON Schema and the documentation come from it.
#pragma once

#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::engine
{

/// Keys keep the order in which they are declared.
using Json = nlohmann::ordered_json;

enum class KeyType
{
    Boolean,
    Integer,
    Number,
    Text,
    Texts,   ///< a list of texts; one text alone is a list of one
    Numbers, ///< a list of numbers
    Map,     ///< of the keys of `keys`
    Named,   ///< of any names, each a map of the keys of `keys`
    Values,  ///< a map of any names to scalars, kept as text
    Any      ///< checked by whoever knows more
};

class Schema;

struct Key
{
    Key(std::string key_name, KeyType key_type, std::string key_help)
        : name(std::move(key_name))
        , type(key_type)
        , help(std::move(key_help))
    {
    }
    Key &&otherwise(Json value) &&
    {
        default_value = std::move(value);
        return std::move(*this);
    }
    Key &&must_be_given() &&
    {
        required = true;
        return std::move(*this);
    }
    Key &&one_of(std::vector<std::string> names) &&
    {
        words = std::move(names);
        return std::move(*this);
    }
    Key &&within(double lowest, double highest) &&
    {
        minimum = lowest;
        maximum = highest;
        return std::move(*this);
    }
    Key &&of_length(std::size_t count) &&
    {
        length = count;
        return std::move(*this);
    }
    Key &&of(std::vector<Key> inner) &&;

    std::string name;
    KeyType type;
    std::string help;
    Json default_value = nullptr; ///< null: there is none, and null may be written
    bool required = false;
    std::vector<std::string> words; ///< with Text: the only ones allowed; with a number: allowed instead of one
    std::optional<double> minimum;
    std::optional<double> maximum;
    std::size_t length = 0;             ///< of Numbers; 0 is any
    std::shared_ptr<const Schema> keys; ///< of Map and Named
};

class Schema
{
public:
    explicit Schema(std::vector<Key> keys)
        : m_keys(std::move(keys))
    {
    }

    const std::vector<Key> &keys() const { return m_keys; }
    const Key &key(const std::string &name) const;

    /// Checks a document and fills in the defaults. A scalar or list where a map is expected is its first key.
    /// `where` is the key's own path ("" at the root), `source` the file. Throws InputError:
    /// `FILE, line N: output.formt: unknown key; the nearest known one is 'format'`.
    Json resolve(const YAML::Node &node, const std::string &source, const std::string &where = "") const;

    /// Checks the value of one key ("output.path"), as a flag gives it. Throws InputError: `FLAG: 'x' is not ...`.
    void check(const std::string &key_path, const YAML::Node &node, const std::string &flag) const;

    /// JSON Schema (2020-12) of what resolve() takes.
    Json json_schema() const;
    /// A table of the keys for the documentation, nested keys by their path.
    std::string markdown(const std::string &where = "") const;

private:
    std::vector<Key> m_keys;
};

/// A resolved document as YAML text (flow style for short lists).
std::string to_yaml(const Json &json);

} // namespace tiledir::engine
