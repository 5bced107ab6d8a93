// Stored tiles that reach over their edges: the pixel buffer of the tiled-assets extension.
#pragma once

#include "stac/json/json_node.h"

#include <nlohmann/json.hpp>

namespace tiledir::stac
{

/// How many pixels more than the tile itself the tiles of a matrix hold on each side of the image, and whether they do
/// so where the tiles end: on the first row's top, the first column's left, the last row's bottom, the last's right.
struct PixelBuffer
{
    static constexpr int kMaxPixels = 65536; ///< a side

    int top = 0;
    int left = 0;
    int bottom = 0;
    int right = 0;
    bool border_top = true;
    bool border_left = true;
    bool border_bottom = true;
    bool border_right = true;

    bool operator==(const PixelBuffer &other) const;
    bool operator!=(const PixelBuffer &other) const { return !(*this == other); }

    /// Throws InputError that names the member: no whole number, negative, above kMaxPixels, no boolean.
    static PixelBuffer from_json(const JsonNode &json);
    /// Members that say the default are left out.
    nlohmann::ordered_json to_json() const;
};

} // namespace tiledir::stac
