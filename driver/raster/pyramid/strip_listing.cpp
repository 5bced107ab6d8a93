#include "driver/raster/pyramid/strip_listing.h"

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

StripListing::StripListing(const TilePyramid &tiles, int level, const stac::TileRange &strip)
    : m_store(tiles.store())
{
    const Pyramid &pyramid = tiles.pyramid();
    const std::string folder = folder_of(pyramid.key(level, strip.min_row, strip.min_col));
    m_listed = strip.count() > kFewTiles && !folder.empty() &&
               folder == folder_of(pyramid.key(level, strip.max_row, strip.max_col));
    if (m_listed)
    {
        for (const std::string &name : m_store.list(folder))
        {
            m_names.insert(folder + '/' + name);
        }
    }
}

void for_each_stored(const TilePyramid &tiles, int level, const stac::TileSet &which, const VisitStored &visit)
{
    which.for_each_run(
        [&](std::int64_t row, std::int64_t first, std::int64_t last)
        {
            const StripListing listing(tiles, level, {row, row, first, last});
            for (std::int64_t col = first; col <= last; ++col)
            {
                const std::string key = tiles.pyramid().key(level, row, col);
                if (listing.may_have(key))
                {
                    visit(row, col, key, !listing.is_listed());
                }
            }
        });
}

} // namespace tiledir::raster
