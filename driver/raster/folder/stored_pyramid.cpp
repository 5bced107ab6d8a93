#include "driver/raster/folder/stored_pyramid.h"

#include "driver/journal/output_layout.h"
#include "driver/raster/folder/local_href.h"
#include "driver/raster/folder/stored_format.h"
#include "driver/store/network_path.h"
#include "stac/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace tiledir::raster
{

namespace
{

constexpr const char *kBaseLevel = "tiledir:base_level";

nlohmann::json property(const stac::TiledAssetsItem &item, const char *name)
{
    return item.extra_properties.value(name, nlohmann::json());
}

/// The item's href below its folder. Throws InputError.
std::string path_below_item(const stac::TileAsset &asset, const store::Store &tiles)
{
    std::string root = tiles.path("");
    root.erase(root.find_last_not_of('/') + 1);
    root += '/';
    const std::string written = store::vsi_path(asset.href);
    const std::string href = tiles.is_remote() ? written : local_path_of(written, root.substr(0, root.size() - 1));
    if (href.compare(0, root.size(), root) == 0)
    {
        return href.substr(root.size());
    }
    const bool elsewhere = href.find("://") != std::string::npos || href.rfind('/', 0) == 0 ||
                           href.rfind("../", 0) == 0 || href.find("/../") != std::string::npos;
    if (elsewhere)
    {
        throw InputError("asset_templates." + asset.key +
                         ".href: opens read-only, since its tiles lie elsewhere than below the item: " + asset.href);
    }
    return href.rfind("./", 0) == 0 ? href.substr(2) : href;
}

/// The item's set, without the matrices that have no tiles.
stac::TileMatrixSet grid_of(const stac::TiledAssetsItem &item)
{
    stac::TileMatrixSet grid = item.tile_matrix_set;
    const auto has_none = [&item](const stac::TileMatrix &matrix)
    {
        const auto limits = item.limits.find(matrix.id);
        return !item.limits.empty() && (limits == item.limits.end() || limits->second.empty());
    };
    grid.matrices.erase(std::remove_if(grid.matrices.begin(), grid.matrices.end(), has_none), grid.matrices.end());
    if (grid.matrices.empty())
    {
        throw InputError("tiles:tile_matrix_links: opens read-only, since no tile matrix has tiles");
    }
    for (const stac::TileMatrix &matrix : grid.matrices)
    {
        const auto buffer = item.pixel_buffers.find(matrix.id);
        if (buffer != item.pixel_buffers.end() && buffer->second != stac::PixelBuffer())
        {
            throw InputError("tiles:tile_matrix_links: opens read-only, since tiles of " + matrix.id +
                             " have a pixel_buffer");
        }
        if (matrix.tile_width != grid.matrices[0].tile_width || matrix.tile_height != grid.matrices[0].tile_height)
        {
            throw InputError("tile matrix " + matrix.id + ": opens read-only, since its tiles have another size than " +
                             "those of " + grid.matrices[0].id);
        }
    }
    return grid;
}

/// Written by every run of tiledir-process before anything else.
void check_version(const store::Store &tiles)
{
    const auto text = tiles.read_text(journal::kVersionKey);
    if (const long version = text ? std::strtol(text->c_str(), nullptr, 10) : 0; version > journal::kLayoutVersion)
    {
        throw InputError(std::string(journal::kVersionKey) + ": opens read-only, since it is version " +
                         std::to_string(version) + ", made by a newer tiledir; this one knows " +
                         std::to_string(journal::kLayoutVersion));
    }
}

} // namespace

Pyramid stored_pyramid(const stac::TiledAssetsItem &item, const store::Store &tiles,
                       const std::map<std::string, std::string> &path_values)
{
    check_version(tiles);
    if (item.assets.size() != 1)
    {
        throw InputError("asset_templates: opens read-only, since there are several assets");
    }
    const stac::TileAsset &asset = item.assets.front();
    Pyramid pyramid;
    pyramid.tile_path = stac::HrefTemplate(path_below_item(asset, tiles));
    pyramid.grid = grid_of(item);
    pyramid.finest = static_cast<int>(pyramid.grid.matrices.size()) - 1;
    pyramid.path_values = path_values;
    pyramid.path_values[kTileMatrixSet] =
        item.tile_matrix_set_key.empty() ? item.tile_matrix_set.id : item.tile_matrix_set_key;
    try
    {
        pyramid.key(pyramid.finest, 0, 0);
    }
    catch (const InputError &)
    {
        throw InputError("asset_templates." + asset.key +
                         ".href: opens read-only, since it has parameters beside those " +
                         "of the tile: " + asset.href);
    }
    pyramid.format = stored_format(item, pyramid, tiles);
    const nlohmann::json overviews = property(item, kOverviews);
    if (overviews.is_object() && overviews.value("resampling", nlohmann::json()).is_string())
    {
        pyramid.overview_resampling = resampling_from_name(overviews["resampling"]);
    }
    return pyramid;
}

void describe_pyramid(const Pyramid &pyramid, stac::TiledAssetsItem &item)
{
    describe_format(pyramid.format, item);
    nlohmann::json &overviews = item.extra_properties[kOverviews];
    if (!overviews.contains("from"))
    {
        overviews["from"] = "children";
    }
    overviews["resampling"] = name(pyramid.overview_resampling);
    item.extra_properties[kBaseLevel] = pyramid.matrix(pyramid.finest).id;
}

bool has_overviews_from_process(const stac::TiledAssetsItem &item)
{
    const nlohmann::json overviews = property(item, kOverviews);
    return overviews.is_object() && overviews.value("from", nlohmann::json()) == "process";
}

} // namespace tiledir::raster
