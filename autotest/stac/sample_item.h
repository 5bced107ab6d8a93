// An item with all that a run's output has, and what reading one says.
#pragma once

#include "stac/error.h"
#include "stac/item/tiled_assets_item.h"

#include <nlohmann/json.hpp>

#include <string>

namespace tiledir::stac
{

const std::string kExamples = TILEDIR_SHARED_SPEC "/tiled-assets/";

inline TiledAssetsItem hillshade_item()
{
    TiledAssetsItem item;
    item.id = "jacksboro";
    item.title = "Shaded relief";
    item.start_datetime = "2024-01-01T00:00:00Z";
    item.end_datetime = "2024-01-02T00:00:00Z";
    item.bbox = {-84.5, 36, -84, 36.5};
    item.proj_code = "EPSG:3857";
    item.tile_matrix_set = *TileMatrixSet::well_known("WebMercatorQuad");
    item.limits = {{"10", {401, 402, 271, 272}}, {"11", {802, 804, 543, 545}}};
    ItemBand band;
    band.name = "b1";
    band.description = "hillshade";
    band.nodata = 0;
    TileAsset asset;
    asset.href = "{TileMatrix}/{TileRow}/{TileCol}.tif";
    asset.media_type = "image/tiff; application=geotiff";
    asset.title = "Tiles";
    asset.bands = {band};
    item.assets = {asset};
    item.extra_properties = {{"tiledir:base_level", "11"}, {"keywords", {"relief"}}};
    return item;
}

/// Of an item that is refused.
inline std::string error_of(const nlohmann::json &json)
{
    try
    {
        TiledAssetsItem::from_json(json);
    }
    catch (const InputError &error)
    {
        return error.what();
    }
    return "no error";
}

} // namespace tiledir::stac
