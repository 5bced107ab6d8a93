#include "driver/raster/folder/stored_item.h"

#include "driver/raster/crs/spatial_reference.h"
#include "driver/raster/folder/pam_statistics.h"
#include "driver/raster/folder/stored_pyramid.h"
#include "driver/raster/pyramid/pyramid_builder.h"
#include "driver/raster/pyramid/strip_listing.h"
#include "driver/raster/pyramid/tile_listing.h"
#include "driver/store/task_queue.h"
#include "driver/store/update_object.h"
#include "stac/error.h"
#include "stac/item/item_growth.h"
#include "stac/item/item_statistics.h"
#include "stac/item/tile_layout.h"
#include "stac/json/json_document.h"

#include <atomic>
#include <exception>
#include <optional>

namespace tiledir::raster
{

namespace
{

/// In CRS84; empty where that cannot be told.
std::vector<double> bbox_of(const Pyramid &pyramid, const stac::TileRange &base_tiles)
{
    const stac::TileMatrix &base = pyramid.matrix(pyramid.finest);
    if (pyramid.format.crs_wkt.empty())
    {
        return {};
    }
    try
    {
        return crs84_bbox(base.bounds(base.range_window(base_tiles)), pyramid.grid.crs);
    }
    catch (const InputError &)
    {
        return {};
    }
}

stac::ItemTiles item_tiles(const Pyramid &pyramid, const stac::TileRange &base)
{
    stac::ItemTiles tiles;
    const auto set_key = pyramid.path_values.find(kTileMatrixSet);
    tiles.set_key = set_key == pyramid.path_values.end() ? pyramid.grid.id : set_key->second;
    tiles.base = pyramid.matrix(pyramid.finest).id;
    tiles.bbox = [&pyramid, base] { return bbox_of(pyramid, base); };
    for (int level = pyramid.coarsest; level <= pyramid.finest; ++level)
    {
        tiles.tiles[pyramid.matrix(level).id] = range_above(pyramid, base, level);
    }
    return tiles;
}

nlohmann::ordered_json parsed(const std::string &text, const std::string &path)
{
    stac::parse_json(text, path); // bounds it
    return nlohmann::ordered_json::parse(stac::json_text(text));
}

bool has_tile(const TilePyramid &tiles, const stac::TileRange &strip, int threads)
{
    const Pyramid &pyramid = tiles.pyramid();
    const StripListing listing(tiles, pyramid.finest, strip);
    std::atomic<bool> found{false};
    store::TaskQueue queue(listing.is_listed() ? 1 : threads);
    for (std::int64_t row = strip.min_row; row <= strip.max_row && !found; ++row)
    {
        for (std::int64_t col = strip.min_col; col <= strip.max_col && !found; ++col)
        {
            queue.add(
                [&, key = pyramid.key(pyramid.finest, row, col)]
                {
                    if (!found && listing.has(key))
                    {
                        found = true; // never false again, whatever the others see
                    }
                });
        }
    }
    queue.finish();
    return found;
}

/// So many rows and columns are looked at one by one; where more are empty a listing of all tiles costs less.
constexpr int kFewStrips = 8;

/// Limits without what is empty at those of their borders that `gone` touches.
stac::TileRange occupied(const TilePyramid &tiles, const stac::TileRange &limits, const stac::TileSet &gone,
                         int threads)
{
    stac::TileRange rest = limits;
    const auto row = [&rest](std::int64_t at) { return stac::TileRange{at, at, rest.min_col, rest.max_col}; };
    const auto col = [&rest](std::int64_t at) { return stac::TileRange{rest.min_row, rest.max_row, at, at}; };
    const auto touched = [&gone](const stac::TileRange &border) { return !gone.within(border).empty(); };
    const bool first_row = touched(row(limits.min_row));
    const bool last_row = touched(row(limits.max_row));
    const bool first_col = touched(col(limits.min_col));
    const bool last_col = touched(col(limits.max_col));
    const auto cut = [&](const auto &strip, std::int64_t &border, std::int64_t step)
    {
        int cuts = 0;
        for (; cuts < kFewStrips && !rest.empty() && !has_tile(tiles, strip(border), threads); ++cuts)
        {
            border += step;
        }
        return cuts < kFewStrips;
    };
    const bool near = (!first_row || cut(row, rest.min_row, 1)) && (!last_row || cut(row, rest.max_row, -1)) &&
                      (!first_col || cut(col, rest.min_col, 1)) && (!last_col || cut(col, rest.max_col, -1));
    if (!near)
    {
        const int base = tiles.pyramid().finest;
        const stac::TileRange there = listed_tiles(tiles, {{base, limits}}).at(base).bounding();
        rest = there.empty() ? there
                             : stac::TileRange{first_row ? there.min_row : limits.min_row,
                                               last_row ? there.max_row : limits.max_row,
                                               first_col ? there.min_col : limits.min_col,
                                               last_col ? there.max_col : limits.max_col};
    }
    return rest.empty() ? limits : rest;
}

} // namespace

void change_item(store::Store &store, const std::string &key,
                 const std::function<bool(nlohmann::ordered_json &item)> &change)
{
    store::update_object(store, key,
                         [&](const store::Bytes *there)
                         {
                             if (there == nullptr)
                             {
                                 throw InputError(store.path(key), "is gone, while its tiles were written");
                             }
                             auto item = parsed({there->begin(), there->end()}, store.path(key));
                             if (!labelled(store.path(key), [&] { return change(item); }))
                             {
                                 return std::optional(*there);
                             }
                             const std::string text = stac::text_of_json(item, 2) + "\n";
                             return std::optional(store::Bytes(text.begin(), text.end()));
                         });
}

void check_layout(store::Store &store, const std::string &key, const nlohmann::json &layout, journal::Intent &intent)
{
    try
    {
        const auto text = store.read_text(key);
        const nlohmann::json item = text ? stac::parse_json(*text, store.path(key)) : nlohmann::json();
        if (stac::tile_layout(item) != layout)
        {
            throw StoreError(store.path(key) + (text ? ": its tiles are made otherwise" : ": is gone") +
                             " since it was opened; what was to be written is not. Open it again");
        }
    }
    catch (const std::exception &)
    {
        intent.finish();
        throw;
    }
}

void set_overview_resampling(store::Store &store, const std::string &key, Resampling resampling)
{
    change_item(store, key,
                [&](nlohmann::ordered_json &item)
                {
                    item["properties"][kOverviews]["resampling"] = name(resampling);
                    return true;
                });
}

void grow_item(store::Store &store, const std::string &key, const Pyramid &pyramid, const stac::TileSet &base_tiles,
               bool are_known_by_bbox)
{
    auto more = base_tiles.empty() ? std::nullopt : std::optional(item_tiles(pyramid, base_tiles.bounding()));
    if (more)
    {
        more->are_known_by_bbox = are_known_by_bbox;
    }
    change_item(store, key,
                [&](nlohmann::ordered_json &item)
                {
                    const bool grown = more && stac::grow_item(item, *more);
                    return stac::drop_statistics(item) || grown;
                });
    drop_pam_statistics(store, key);
}

void shrink_item(const TilePyramid &tiles, const std::string &key, const stac::TileSet &gone, int threads)
{
    store::Store &store = tiles.store();
    const Pyramid &pyramid = tiles.pyramid();
    for (bool narrowed = false; !narrowed && !gone.empty();)
    {
        const auto text = store.read_text(key);
        const stac::ItemTiles all = item_tiles(pyramid, pyramid.matrix(pyramid.finest).range());
        const auto limits =
            text ? stac::narrowable_limits(parsed(*text, store.path(key)), all.set_key, all.base) : std::nullopt;
        const stac::TileRange rest = limits ? occupied(tiles, *limits, gone, threads) : stac::TileRange();
        if (!limits || rest == *limits)
        {
            return;
        }
        // Should we die before the second look, whoever takes this over has that look.
        journal::Intent intent(store);
        stac::TileSet cut(*limits);
        cut.erase(stac::TileSet(rest));
        intent.add(all.base, cut);
        change_item(store, key,
                    [&](nlohmann::ordered_json &item)
                    { return narrowed = stac::shrink_item(item, item_tiles(pyramid, rest), *limits); });
        const stac::TileRange now = narrowed ? occupied(tiles, *limits, gone, threads) : rest;
        if (!(now == rest))
        {
            grow_item(store, key, pyramid, stac::TileSet(now));
        }
        intent.finish();
    }
}

} // namespace tiledir::raster
