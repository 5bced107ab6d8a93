#include "driver/raster/pyramid/tile_listing.h"

#include "driver/store/network/folder_entries.h"
#include "stac/grid/tile_parents.h"

#include <cpl_vsi.h>

#include <algorithm>
#include <string>
#include <vector>

namespace tiledir::raster
{

stac::LevelSets listed_tiles(const TilePyramid &tiles, const std::map<int, stac::TileRange> &ranges)
{
    const Pyramid &pyramid = tiles.pyramid();
    stac::LevelSets found;
    std::vector<int> levels; // that of the name before comes first
    for (const auto &[level, range] : ranges)
    {
        found[level];
        levels.push_back(level);
    }
    const auto is_tile = [&](const std::string &key, int level)
    {
        const auto tile = pyramid.tile_path.tile_of(key, pyramid.matrix(level), pyramid.path_values);
        if (tile && ranges.at(level).contains(tile->first, tile->second))
        {
            found.insert({level, tile->first, tile->second});
        }
        return tile.has_value();
    };
    store::for_each_entry(store::folder_at(tiles.store()), store::Depth::Tree, false,
                          [&](const VSIDIREntry &entry)
                          {
                              const std::string key = entry.pszName;
                              const auto level = VSI_ISDIR(entry.nMode)
                                                     ? levels.end()
                                                     : std::find_if(levels.begin(), levels.end(),
                                                                    [&](int each) { return is_tile(key, each); });
                              if (level != levels.end())
                              {
                                  std::rotate(levels.begin(), level, level + 1);
                              }
                              return true;
                          });
    for (auto range = ranges.rbegin(); range != ranges.rend(); ++range)
    {
        const int level = range->first;
        const auto above = ranges.find(level - 1);
        if (above != ranges.end())
        {
            found[level - 1].insert(stac::parents(pyramid.grid, level, found[level], pyramid.reach(level))
                                        .common(stac::TileSet(above->second)));
        }
    }
    return found;
}

} // namespace tiledir::raster
