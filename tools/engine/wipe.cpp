#include "tools/engine/wipe.h"

#include "driver/journal/intent.h"
#include "driver/journal/journal.h"
#include "driver/journal/output_layout.h"
#include "stac/tile_parents.h"

#include <vector>

namespace tiledir::engine
{
namespace
{

void insert_all(stac::LevelSets &tiles, const stac::LevelSets &more)
{
    for (const auto &[level, set] : more)
    {
        tiles[level].insert(set);
    }
}

/// All that may lie in an output: what its journal names in whatever way, what writers that died were about to write,
/// and overviews above these. There may be none of what was found empty.
stac::LevelSets tiles_to_wipe(const raster::Pyramid &pyramid, const journal::TileStates &said,
                              const std::vector<journal::FoundIntent> &intents)
{
    stac::LevelSets tiles = said.all();
    insert_all(tiles, said.pending);
    insert_all(tiles, said.failed);
    for (const journal::FoundIntent &intent : intents)
    {
        for (const auto &[matrix, ranges] : intent.tiles.value_or(journal::IntendedTiles()))
        {
            const auto level = pyramid.grid.index_of(matrix);
            for (const stac::TileRange &range : level ? ranges : std::vector<stac::TileRange>())
            {
                const auto inside = range.intersection(pyramid.matrix(*level).range());
                tiles[*level].insert(inside ? stac::TileSet(*inside) : stac::TileSet());
            }
        }
    }
    for (int level = pyramid.finest; level > pyramid.coarsest; --level)
    {
        tiles[level - 1].insert(stac::parents(pyramid.grid, level, tiles[level], pyramid.reach(level)));
    }
    return tiles;
}

} // namespace

void wipe(store::Store &store, const OutputState &state, const std::function<void()> &before_each)
{
    before_each();
    const raster::Pyramid pyramid = state.pyramid();
    journal::Journal journal(store, pyramid.grid);
    journal.write_only_while(before_each);
    OutputState::begin_wipe(store);
    for (const auto &[level, tiles] : tiles_to_wipe(pyramid, journal.before(), journal::Intent::all(store)))
    {
        tiles.for_each_run(
            [&, of_level = level](std::int64_t row, std::int64_t first, std::int64_t last)
            {
                for (std::int64_t col = first; col <= last; ++col)
                {
                    before_each();
                    store.remove(pyramid.key(of_level, row, col));
                }
            });
    }
    store.remove(journal::kItemKey); // of another grid
    store.sync();
    journal.clear();
    store.sync();
    OutputState::end_wipe(store);
}

} // namespace tiledir::engine
