#include "driver/raster/row_listing.h"

namespace tiledir::raster
{

namespace
{

/// So many tiles are asked for one by one.
constexpr std::int64_t kFewTiles = 4;

std::string folder_of(const std::string &key)
{
    const auto slash = key.rfind('/');
    return slash == std::string::npos ? "" : key.substr(0, slash);
}

} // namespace

RowListing::RowListing(const TilePyramid &tiles, int level, const stac::TileRange &row)
{
    const Pyramid &pyramid = tiles.pyramid();
    const std::string folder = folder_of(pyramid.key(level, row.min_row, row.min_col));
    m_listed =
        row.cols() > kFewTiles && !folder.empty() && folder == folder_of(pyramid.key(level, row.min_row, row.max_col));
    if (m_listed)
    {
        for (const std::string &name : tiles.store().list(folder))
        {
            m_names.insert(folder + '/' + name);
        }
    }
}

} // namespace tiledir::raster
