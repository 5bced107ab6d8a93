// The item of a pyramid of small tiles.
#pragma once

#include "autotest/driver/raster/pyramid_folder.h"
#include "stac/item/tiled_assets_item.h"

#include <string>
#include <utility>

namespace tiledir::raster
{

/// Of a small pyramid, whose grid has a CRS.
inline stac::TiledAssetsItem small_item(const Pyramid &pyramid)
{
    stac::TiledAssetsItem item;
    item.id = "small";
    item.datetime = "2026-01-01T00:00:00Z";
    item.tile_matrix_set = pyramid.grid;
    for (const stac::TileMatrix &matrix : pyramid.grid.matrices)
    {
        item.limits[matrix.id] = {0, 0, 0, 0};
    }
    item.bbox = {0, 0, 1, 1};
    stac::TileAsset asset;
    asset.href = "{TileMatrix}/{TileRow}/{TileCol}.tif";
    asset.media_type = "image/tiff; application=geotiff";
    stac::ItemBand band;
    band.nodata = 0;
    asset.bands.assign(static_cast<std::size_t>(pyramid.format.bands), band);
    item.assets.push_back(asset);
    return item;
}

/// 8 x 8 degrees, from 8 north.
inline Pyramid pyramid_on_earth(TileFormat format = {})
{
    Pyramid pyramid = small_pyramid(Resampling::Average, std::move(format));
    pyramid.grid.crs = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
    for (stac::TileMatrix &matrix : pyramid.grid.matrices)
    {
        matrix.cell_size /= 16;
        matrix.origin_y /= 16;
        matrix.scale_denominator = matrix.cell_size * 4e8;
    }
    return pyramid;
}

} // namespace tiledir::raster
