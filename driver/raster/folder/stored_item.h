// The stored item as its tiles change. Whoever else changes it at the same time loses nothing; see
// docs/explanation/concurrency.md.
#pragma once

#include "driver/journal/intent.h"
#include "driver/raster/pyramid/tile_pyramid.h"

#include <nlohmann/json.hpp>

#include <functional>
#include <string>

namespace tiledir::raster
{

/// Changes the stored item; false: it stays as it is. May be called several times, where others are faster. Throws
/// InputError where the item is no longer one, StoreError, TileError; so do all below.
void change_item(store::Store &store, const std::string &key,
                 const std::function<bool(nlohmann::ordered_json &item)> &change);

/// Whoever has the dataset open when a run makes it anew knows tiles that are no more. Once his intent is there no run
/// does: the item is read again, and where its stac::tile_layout() is not that of the opening, StoreError is thrown.
/// The intent is finished then, since nothing was touched.
void check_layout(store::Store &store, const std::string &key, const nlohmann::json &layout, journal::Intent &intent);

/// Makes it tell of another method of resampling.
void set_overview_resampling(store::Store &store, const std::string &key, Resampling resampling);

/// Makes its limits and bounding box hold these tiles of the base level and those above them; see stac::grow_item().
/// Statistics of what was there before go, from the item and from its .aux.xml; with no tiles that is all.
void grow_item(store::Store &store, const std::string &key, const Pyramid &pyramid, const stac::TileSet &base_tiles,
               bool are_known_by_bbox = true);

/// Its limits and bounding box follow where tiles of the base level are gone, or may be: at each border of the base
/// level's limits that one of them lies on, rows or columns without tiles are cut off. Only these are looked at. Limits
/// without any tile stay, and so do those of an item that tells its extent (stac::narrowable_limits()).
void shrink_item(const TilePyramid &tiles, const std::string &key, const stac::TileSet &gone, int threads);

} // namespace tiledir::raster
