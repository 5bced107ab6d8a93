// An absent tile is nodata where others are there; where not one is, something is wrong.
#include "driver/reading/tile_reader.h"
#include "driver/store/gdal_edge.h"
#include "driver/store/gdal_errors.h"
#include "driver/store/network/folder_entries.h"

#include <algorithm>

namespace tiledir::driver
{

namespace
{

/// Names and tiles looked at before none is said to be there.
constexpr std::size_t kMaxNamesSeen = 20000;
constexpr int kMaxTilesAsked = 16;

} // namespace

void TileReader::note_absent(const std::string &path) const
{
    if (m_found || m_has_first_path)
    {
        return;
    }
    const std::lock_guard<std::mutex> lock(m_first_mutex);
    if (!m_has_first_path)
    {
        m_first_path = path;
        m_has_first_path = true;
    }
}

void TileReader::warn_of_none() const
{
    if (m_options.warns_of_none && !m_found && m_has_first_path && !m_warned.exchange(true) && !holds_tiles())
    {
        warn(m_first_path + ": absent, and no other tile is found: all is read as nodata; is the item's href right?");
    }
}

/// True where that cannot be told.
bool TileReader::holds_tiles() const
{
    const store::GdalErrors quiet;
    try
    {
        for (std::size_t source = 0; source < m_sources.size(); ++source)
        {
            if (holds_tiles(source))
            {
                return true;
            }
        }
    }
    catch (const Error &)
    {
        return true;
    }
    return false;
}

/// On a disk a listing tells, else the first tiles that there may be.
bool TileReader::holds_tiles(std::size_t source) const
{
    const TileSource &tiles = m_sources[source].tiles;
    if (!is_remote())
    {
        // A tree of other levels (`gdal raster tile` writes such items for APSTILE) holds none of them.
        const auto may_be_tile = [&](const std::string &key)
        {
            return std::any_of(m_grid.matrices.begin(), m_grid.matrices.end(),
                               [&](const stac::TileMatrix &matrix) { return tiles.may_be_tile(key, matrix); });
        };
        bool found = false;
        std::size_t seen = 0;
        store::for_each_entry(tiles.folder(), store::Depth::Tree, false,
                              [&](const VSIDIREntry &entry)
                              {
                                  found = !VSI_ISDIR(entry.nMode) && may_be_tile(entry.pszName);
                                  return !found && ++seen < kMaxNamesSeen;
                              });
        return found;
    }
    std::vector<Job> jobs;
    for (const stac::TileId &place : first_tiles(m_grid, m_stored, kMaxTilesAsked))
    {
        jobs.push_back({source, place.level, place.row, place.col});
    }
    load(
        jobs, [](const Job &, const Tile &) {}, Keep::Yes);
    return m_found;
}

} // namespace tiledir::driver
