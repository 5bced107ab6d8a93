// JSON text of others as a document that is safe to walk.
#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>

namespace tiledir::stac
{

/// Larger documents are not read.
constexpr std::size_t kMaxJsonSize = std::size_t{16} << 20;
/// Values within values within values: what walks, copies or prints a document recurses as deep.
constexpr int kMaxJsonDepth = 100;

/// Text as programs have written it, as JSON is to be: UTF-8 where it is UTF-16, without a byte order mark, and with
/// texts in place of a bare NaN or Infinity.
std::string json_text(const std::string &text);

/// JSON as text; what in it is not UTF-8 becomes U+FFFD. `indent` as dump() has it: -1 is one line.
template <class Json> std::string text_of_json(const Json &json, int indent)
{
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

/// Does a text begin as UTF-16 does that begins with a byte order mark or, without one, with ASCII?
bool begins_like_utf16(const std::string &text);

/// The document, of json_text(). Throws InputError `name: not JSON: ...`, also for one that is larger or deeper than
/// these, or in another encoding.
nlohmann::json parse_json(const std::string &text, const std::string &name);

} // namespace tiledir::stac
