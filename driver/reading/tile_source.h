// Where tiles are, by the template that names them.
#pragma once

#include "driver/reading/href.h"
#include "stac/grid/href_template.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tiledir::driver
{

/// Where an asset's tiles are. Immutable.
class TileSource
{
public:
    /// A template of paths as GDAL opens them, and the parameters that are the same for all tiles (TileMatrixSet).
    /// Throws InputError if it is none or has a parameter that is not known.
    TileSource(const ResolvedHref &path, std::map<std::string, std::string> values);

    /// The folder of all tiles, as GDAL opens it.
    const std::string &folder() const { return m_folder; }
    /// May a path below that folder be that of a tile of the matrix? A template without row or column tells less.
    bool may_be_tile(const std::string &key, const stac::TileMatrix &matrix) const
    {
        return m_template.names_tiles() ? m_template.tile_of(key, matrix, m_values).has_value()
                                        : m_template.may_be(key);
    }
    /// A tile below that folder.
    std::string key(const stac::TileMatrix &matrix, std::int64_t row, std::int64_t col) const
    {
        return m_template.expand(matrix, row, col, m_values);
    }

private:
    std::string m_folder;
    stac::HrefTemplate m_template;
    std::map<std::string, std::string> m_values;
};

/// The folder that holds all sources (one at least), so that their tiles are asked for together; empty where there is
/// none, or none of one server.
std::string shared_folder(const std::vector<TileSource> &sources);

} // namespace tiledir::driver
