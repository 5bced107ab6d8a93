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

/// The document. Throws InputError `name: not JSON: ...`, also for one that is larger or deeper than these.
nlohmann::json parse_json(const std::string &text, const std::string &name);

} // namespace tiledir::stac
