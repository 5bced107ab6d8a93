// What is stored in a tree of tiles LEVEL/NUMBER/NUMBER.EXT, found by listing its folders.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tiledir::driver
{

/// The two numbers of a tile's name; which of them is the row is for a TileScheme to say.
struct TileName
{
    std::int64_t folder = 0;
    std::int64_t file = 0;
};

struct NameRange
{
    std::int64_t min = 0;
    std::int64_t max = -1;

    bool empty() const { return max < min; }
    void include(std::int64_t number);
};

struct StoredLevel
{
    std::string name; ///< its folder's: "7", "07"
    int number = 0;
    std::vector<TileName> tiles; ///< all, or those seen before the listing stopped; not empty
    bool complete = true;
    NameRange folders; ///< of all tiles; empty where they are too many to be listed
    NameRange files;   ///< of the tiles above
};

struct TreeListing
{
    std::vector<StoredLevel> levels; ///< from coarse to fine; not empty
    std::string extension;           ///< the tiles', without the dot: "png"

    std::string path(const StoredLevel &level, const TileName &tile) const;
    std::string folder;
};

/// Lists at most 20,000 names of files, the coarse levels' first; of a level that is more, then its folders' names
/// alone. Levels without tiles are left out, and so are files that no raster driver of GDAL's claims by their names
/// (.kml, .html, .aux.xml, world files). With an `extension` only such tiles count. Throws InputError: no tiles, or
/// tiles of several formats; StoreError where the folder cannot be listed.
TreeListing list_tree(const std::string &folder, const std::string &extension = {});

} // namespace tiledir::driver
