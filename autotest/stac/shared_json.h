// Documents of ../shared for the tests of this room.
#pragma once

#include <nlohmann/json.hpp>

#include <fstream>
#include <optional>
#include <string>

namespace tiledir::stac
{

/// Nullopt where the file is absent.
inline std::optional<nlohmann::json> json_of(const std::string &path)
{
    std::ifstream file(path);
    return file ? std::optional(nlohmann::json::parse(file)) : std::nullopt;
}

} // namespace tiledir::stac
