// Which tiles of a row or a column there are, told with few requests.
#pragma once

#include "driver/raster/pyramid/tile_pyramid.h"
#include "stac/grid/tile_set.h"

#include <functional>
#include <set>
#include <string>

namespace tiledir::raster
{

/// By a list of the strip's folder, where its tiles are in one and are not few. Immutable.
class StripListing
{
public:
    /// `strip`: a range of one row or of one column. Throws StoreError.
    StripListing(const store::Store &store, const Pyramid &pyramid, int level, const stac::TileRange &strip);
    StripListing(const TilePyramid &tiles, int level, const stac::TileRange &strip)
        : StripListing(tiles.store(), tiles.pyramid(), level, strip)
    {
    }

    /// False where there surely was no such tile.
    bool may_have(const std::string &key) const { return !m_listed || m_names.count(key) > 0; }
    /// The store is asked where nothing is listed. Throws StoreError, TileError.
    bool has(const std::string &key) const { return may_have(key) && (m_listed || m_store.stamp(key)); }
    bool is_listed() const { return m_listed; }

private:
    const store::Store &m_store;
    bool m_listed = false;
    std::set<std::string> m_names;
};

/// Visits which of a level's tiles are there, or may be, where only a request for the tile could tell. Throws
/// StoreError.
using VisitStored = std::function<void(std::int64_t row, std::int64_t col, const std::string &key, bool may_be_absent)>;
void for_each_stored(const TilePyramid &tiles, int level, const stac::TileSet &which, const VisitStored &visit);

} // namespace tiledir::raster
