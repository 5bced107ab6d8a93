#include "driver/raster/pyramid/strip_listing.h"
#include "driver/store/network_path.h"

namespace tiledir::raster
{

namespace
{

/// So many tiles are asked for one by one.
constexpr std::int64_t kFewTiles = 4;

} // namespace

StripListing::StripListing(const store::Store &store, const Pyramid &pyramid, int level, const stac::TileRange &strip)
    : m_store(store)
{
    const std::string folder = store::folder_of_path(pyramid.key(level, strip.min_row, strip.min_col));
    m_listed = strip.count() > kFewTiles && !folder.empty() &&
               folder == store::folder_of_path(pyramid.key(level, strip.max_row, strip.max_col));
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
