#include "tools/engine/run/shared_overviews.h"

#include "driver/journal/intent.h"
#include "driver/raster/pyramid/tile_pyramid.h"
#include "driver/raster/upkeep/refresh.h"
#include "stac/error.h"

namespace tiledir::engine
{
namespace
{

void insert(stac::TileSet &tiles, const journal::IntendedTiles &intended, const stac::TileMatrix &matrix)
{
    const auto ranges = intended.find(matrix.id);
    for (const stac::TileRange &range : ranges == intended.end() ? std::vector<stac::TileRange>() : ranges->second)
    {
        if (const auto inside = range.intersection(matrix.range()))
        {
            tiles.insert(*inside);
        }
    }
}

} // namespace

void renew_above(store::Store &store, const ResolvedRecipe &resolved, const stac::LevelSets &tiles)
{
    if (resolved.recipe.overviews_from_process || tiles.empty())
    {
        return;
    }
    stac::LevelSets overviews = raster::overviews_above(resolved, tiles);
    overviews.erase_coarser_than(resolved.coarsest);
    try
    {
        raster::renew(raster::TilePyramid(resolved, store), overviews);
    }
    catch (const TileError &error)
    {
        throw StoreError(error); // the intent stays: a refresh makes it
    }
}

void renew_beside_others(store::Store &store, const ResolvedRecipe &resolved, journal::Journal &journal,
                         const std::string &but)
{
    if (resolved.recipe.overviews_from_process || resolved.coarsest == resolved.finest)
    {
        return;
    }
    stac::TileSet tiles;
    for (const journal::FoundIntent &intent : journal::Intent::all(store, journal::Intent::kDeadAfter, but))
    {
        if (intent.run.empty())
        {
            insert(tiles, intent.tiles.value_or(journal::IntendedTiles()), resolved.matrix(resolved.finest));
        }
    }
    // After the intents: a writer says what he wrote before his intent goes.
    tiles.insert(journal.said_by_others().foreign.at(resolved.finest));
    renew_above(store, resolved, {{resolved.finest, tiles}});
}

} // namespace tiledir::engine
