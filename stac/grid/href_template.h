// Templates of tile paths: {TileMatrix}/{TileRow}/{TileCol}.tif. STAC tiled-assets 1.0, "URL Template Parameters".
#pragma once

#include "stac/grid/tile_matrix.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tiledir::stac
{

class HrefTemplate
{
public:
    /// Splits the text once. Throws InputError for an unclosed or empty parameter.
    explicit HrefTemplate(const std::string &text);

    const std::string &text() const { return m_text; }
    /// Names between braces, in order, each once.
    const std::vector<std::string> &parameters() const { return m_parameters; }
    bool has(const std::string &parameter) const;

    /// Fills {TileMatrix}, {TileRow}, {TileCol} (also {z}, {y}, {x}), {-y} (rows counted from the other end, as TMS
    /// does), {q} (Bing's quadkey: a digit a level), and the others from `values`.
    /// Throws InputError for a parameter without a value.
    std::string expand(const TileMatrix &matrix, std::int64_t tile_row, std::int64_t tile_col,
                       const std::map<std::string, std::string> &values = {}) const;

    /// The other way round: row and column of the matrix's tile that has this path; nullopt where none has.
    std::optional<std::pair<std::int64_t, std::int64_t>>
    tile_of(const std::string &path, const TileMatrix &matrix,
            const std::map<std::string, std::string> &values = {}) const;

    /// May a path be that of a tile, in whatever matrix and with whatever values? Numbers are digits, other parameters
    /// stand for a text without '/'.
    bool may_be(const std::string &path) const;

    /// True where the template has the numbers of a tile, so that two tiles of a matrix have two names. One without
    /// them names no tile.
    bool names_tiles() const;

private:
    struct Part
    {
        bool is_parameter = false;
        std::string text;
    };
    std::string m_text;
    std::vector<Part> m_parts;
    std::vector<std::string> m_parameters;
};

} // namespace tiledir::stac
