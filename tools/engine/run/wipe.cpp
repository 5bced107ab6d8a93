#include "tools/engine/run/wipe.h"

#include "driver/journal/intent.h"
#include "driver/journal/journal.h"
#include "driver/journal/journal_folder.h"
#include "driver/journal/output_layout.h"
#include "driver/store/network/folder_entries.h"
#include "driver/store/own_folder.h"
#include "stac/grid/href_template.h"
#include "stac/grid/tile_parents.h"

#include <cpl_vsi.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace tiledir::engine
{
namespace
{

/// All that may lie in an output: what its journal names in whatever way, what writers that died were about to write,
/// and overviews above these. There may be none of what was found empty.
stac::LevelSets tiles_to_wipe(const raster::Pyramid &pyramid, const journal::TileStates &said,
                              const std::vector<journal::FoundIntent> &intents)
{
    stac::LevelSets tiles = said.all();
    tiles.insert(said.pending);
    tiles.insert(said.failed);
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

std::vector<stac::HrefTemplate> templates_of(const store::Store &store, const ResolvedRecipe &resolved)
{
    std::vector<stac::HrefTemplate> templates{resolved.tile_path};
    const Json item = Json::parse(store.read_text(journal::kItemKey).value_or(""), nullptr, false);
    const Json assets = item.is_object() ? item.value("asset_templates", Json()) : Json();
    for (const Json &asset : assets.is_object() ? assets : Json::object())
    {
        const Json href = asset.is_object() ? asset.value("href", Json()) : Json();
        const std::string text = href.is_string() ? href.get<std::string>() : "";
        stac::HrefTemplate path(text.compare(0, 2, "./") == 0 ? text.substr(2) : text);
        if (path.names_tiles())
        {
            templates.push_back(std::move(path));
        }
    }
    return templates;
}

std::vector<std::string> listed_tiles(const store::Store &store, const std::vector<stac::HrefTemplate> &templates)
{
    const std::string own = std::string(store::kOwnFolder) + '/';
    std::vector<std::string> keys;
    store::for_each_entry(store::folder_at(store), store::Depth::Tree, false,
                          [&](const VSIDIREntry &entry)
                          {
                              const std::string name = entry.pszName;
                              const auto is_tile = [&name](const stac::HrefTemplate &each)
                              { return each.may_be(name); };
                              if (!VSI_ISDIR(entry.nMode) && name.compare(0, own.size(), own) != 0 &&
                                  std::any_of(templates.begin(), templates.end(), is_tile))
                              {
                                  keys.push_back(name);
                              }
                              return true;
                          });
    return keys;
}

} // namespace

void wipe_listed(store::Store &store, const ResolvedRecipe &resolved, const std::function<void()> &before_each)
{
    before_each();
    OutputState::begin_wipe(store);
    for (const std::string &key : listed_tiles(store, templates_of(store, resolved)))
    {
        before_each();
        store.remove(key);
    }
    store.remove(journal::kItemKey);
    store.sync();
    journal::JournalFolder folder(store, resolved.recipe.journal);
    for (const std::string &name : folder.list())
    {
        before_each();
        folder.remove(name);
    }
    store.sync();
    OutputState::end_wipe(store);
}

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
