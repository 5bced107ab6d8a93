// Is a pyramid of tiles what it should be?
#pragma once

#include "driver/raster/pyramid/tile_pass.h"
#include "driver/raster/pyramid/tile_pyramid.h"
#include "stac/grid/level_sets.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace tiledir::raster
{

/// What is wrong with a tile.
struct Fault
{
    stac::TileId tile;
    std::string what; ///< one line that begins with its path
};

struct VerifySettings
{
    int threads = 1;
    bool overviews_from_children = true;      ///< else they are read, but not compared with anything
    std::function<void(const Fault &)> found; ///< from any thread, one at a time
    GoOn go_on;
    std::size_t memory = std::size_t{64} << 20; ///< bytes of tiles kept, so that they need not be read again
};

struct VerifyResult
{
    std::map<int, std::int64_t> tiles; ///< there are, by level
    std::int64_t faults = 0;
    stac::LevelSets faulty;
};

/// Reads every tile within these ranges and checks that it is a whole raster of the format's size, bands and type, and
/// that each overview is what the tiles under it give: there where they have data, and its pixels (of lossy formats:
/// nearly) those that renew() would make. Tiles that are changed meanwhile are looked at again. Throws StoreError,
/// Interrupted.
VerifyResult verify(const TilePyramid &tiles, const std::map<int, stac::TileRange> &ranges,
                    const VerifySettings &settings = {});

/// Verifies just these tiles.
VerifyResult verify(const TilePyramid &tiles, const stac::LevelSets &sets, const VerifySettings &settings = {});

} // namespace tiledir::raster
