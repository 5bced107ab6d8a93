#include "stac/json_document.h"

#include "stac/error.h"

namespace tiledir::stac
{

namespace
{

/// The parser quotes the token that it stumbles over, however long that is.
constexpr std::size_t kMaxReason = 200;

} // namespace

nlohmann::json parse_json(const std::string &text, const std::string &name)
{
    if (text.size() > kMaxJsonSize)
    {
        throw InputError(name + ": is larger than " + std::to_string(kMaxJsonSize >> 20) + " MiB");
    }
    const auto bounded = [&name](int depth, nlohmann::json::parse_event_t event, const nlohmann::json &)
    {
        const bool opens =
            event == nlohmann::json::parse_event_t::object_start || event == nlohmann::json::parse_event_t::array_start;
        if (opens && depth >= kMaxJsonDepth)
        {
            throw InputError(name + ": is nested more than " + std::to_string(kMaxJsonDepth) + " deep");
        }
        return true;
    };
    try
    {
        return nlohmann::json::parse(text, bounded);
    }
    catch (const nlohmann::json::exception &error) // also of a number beyond all numbers
    {
        throw InputError(name + ": not JSON: " + std::string(error.what()).substr(0, kMaxReason));
    }
}

} // namespace tiledir::stac
