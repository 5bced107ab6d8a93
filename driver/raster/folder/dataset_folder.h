// A folder of tiles, opened by its item to be written to.
#pragma once

#include "driver/raster/folder/grid_place.h"
#include "driver/raster/folder/stored_pyramid.h"
#include "driver/raster/pyramid/tile_pyramid.h"

#include <nlohmann/json.hpp>

#include <map>
#include <memory>
#include <string>

namespace tiledir::raster
{

class DatasetFolder
{
public:
    /// `name`: a folder with a stac.json, or an item's file; a path as GDAL opens it, or a URL of an object store.
    /// Throws InputError: there is no item, or it cannot be written to (stored_pyramid()). StoreError, TileError.
    explicit DatasetFolder(const std::string &name);
    /// The folder of the item `item_key` in a store.
    DatasetFolder(std::unique_ptr<store::Store> store, std::string item_key);
    DatasetFolder(const DatasetFolder &) = delete;
    DatasetFolder &operator=(const DatasetFolder &) = delete;

    store::Store &store() const { return *m_store; }
    const std::string &item_key() const { return m_item_key; }
    const stac::TiledAssetsItem &item() const { return m_item; }
    /// stac::tile_layout() of the item.
    const nlohmann::json &layout() const { return m_layout; }
    const Pyramid &pyramid() const { return m_pyramid; }
    const TilePyramid &tiles() const { return m_tiles; }
    /// Tiles that the item stands for, by the pyramid's levels.
    std::map<int, stac::TileRange> limits() const { return limits_of(m_item); }
    /// The limits of the item that is there now.
    std::map<int, stac::TileRange> limits_now() const { return limits_of(item_of(read_json())); }

private:
    stac::TiledAssetsItem open_item();
    std::map<int, stac::TileRange> limits_of(const stac::TiledAssetsItem &item) const;
    nlohmann::json read_json() const;
    stac::TiledAssetsItem item_of(const nlohmann::json &json) const;
    ReadTile tile_reader(const stac::TiledAssetsItem &item) const;

    std::unique_ptr<store::Store> m_store;
    std::string m_item_key;
    nlohmann::json m_layout;
    stac::TiledAssetsItem m_item;
    Pyramid m_pyramid;
    TilePyramid m_tiles;
};

} // namespace tiledir::raster
