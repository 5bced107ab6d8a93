#include "driver/raster/stored_pyramid.h"

#include "driver/raster/data_type.h"
#include "driver/raster/spatial_reference.h"
#include "driver/store/update_object.h"
#include "stac/error.h"
#include "stac/item_growth.h"
#include "stac/json_document.h"
#include "stac/tile_parents.h"

#include <nlohmann/json.hpp>

#include <gdal_priv.h>

#include <algorithm>
#include <cmath>
#include <functional>

namespace tiledir::raster
{

namespace
{

constexpr const char *kFormat = "tiledir:format";
constexpr const char *kOverviews = "tiledir:overviews";
constexpr const char *kBaseLevel = "tiledir:base_level";
constexpr const char *kLinks = "tiles:tile_matrix_links";

nlohmann::json property(const stac::TiledAssetsItem &item, const char *name)
{
    return item.extra_properties.value(name, nlohmann::json());
}

/// The item's href below its folder. Throws InputError.
std::string path_below_item(const stac::TileAsset &asset)
{
    const std::string &href = asset.href;
    const bool elsewhere = href.find("://") != std::string::npos || href.rfind('/', 0) == 0 || href.rfind("..", 0) == 0;
    if (elsewhere)
    {
        throw InputError("asset_templates." + asset.key +
                         ".href: opens read-only, since its tiles lie elsewhere than " + "below the item: " + href);
    }
    return href.rfind("./", 0) == 0 ? href.substr(2) : href;
}

/// Those of its matrices that have tiles.
stac::TileMatrixSet grid_of(const stac::TiledAssetsItem &item)
{
    stac::TileMatrixSet grid = item.tile_matrix_set;
    const auto has_none = [&item](const stac::TileMatrix &matrix)
    {
        const auto limits = item.limits.find(matrix.id);
        return !item.limits.empty() && (limits == item.limits.end() || limits->second.empty());
    };
    grid.matrices.erase(std::remove_if(grid.matrices.begin(), grid.matrices.end(), has_none), grid.matrices.end());
    for (const stac::TileMatrix &matrix : grid.matrices)
    {
        if (matrix.tile_width != grid.matrices[0].tile_width || matrix.tile_height != grid.matrices[0].tile_height)
        {
            throw InputError("tile matrix " + matrix.id + ": opens read-only, since its tiles have another size than " +
                             "those of " + grid.matrices[0].id);
        }
    }
    return grid;
}

bool ends_with(const std::string &text, const std::string &end)
{
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// GDAL's driver by the media type, else by the extension. Throws InputError.
std::string driver_of(const stac::TileAsset &asset)
{
    if (asset.media_type.rfind("image/tiff", 0) == 0 || ends_with(asset.href, ".tif") || ends_with(asset.href, ".tiff"))
    {
        return asset.media_type.find("cloud-optimized") == std::string::npos ? "GTiff" : "COG";
    }
    GDALDriverManager &manager = *GetGDALDriverManager();
    for (const bool by_extension : {false, true})
    {
        for (int index = 0; index < manager.GetDriverCount(); ++index)
        {
            GDALDriver &driver = *manager.GetDriver(index);
            const char *type = driver.GetMetadataItem(by_extension ? GDAL_DMD_EXTENSION : GDAL_DMD_MIMETYPE);
            const bool fits =
                type != nullptr && *type != '\0' && driver.GetMetadataItem(GDAL_DCAP_RASTER) != nullptr &&
                (by_extension ? ends_with(asset.href, std::string(".") + type) : asset.media_type == type);
            if (fits)
            {
                return driver.GetDescription();
            }
        }
    }
    throw InputError("asset_templates." + asset.key +
                     ".type: opens read-only, since no driver of GDAL's is known for " +
                     (asset.media_type.empty() ? asset.href : asset.media_type));
}

/// Bands of one tile are of one type, and say alike where no data is.
void set_bands(const stac::TileAsset &asset, TileFormat &format)
{
    const stac::ItemBand &first = asset.bands.front();
    for (const stac::ItemBand &band : asset.bands)
    {
        const bool same_nodata = band.nodata == first.nodata ||
                                 (band.nodata && first.nodata && std::isnan(*band.nodata) && std::isnan(*first.nodata));
        const bool is_alpha = band.common_name == "alpha" && &band == &asset.bands.back();
        if (band.data_type != first.data_type || (!same_nodata && !is_alpha))
        {
            throw InputError("asset_templates." + asset.key +
                             ".bands: opens read-only, since they are of several data types or nodata values");
        }
    }
    format.bands = static_cast<int>(asset.bands.size());
    format.type = type_of_stac_name(first.data_type);
    if (format.type == GDT_Unknown)
    {
        throw InputError("asset_templates." + asset.key + ".bands: opens read-only, since this GDAL has no type " +
                         first.data_type);
    }
    format.alpha = format.bands > 1 && asset.bands.back().common_name == "alpha";
    format.nodata = first.nodata;
}

void set_options(const nlohmann::json &said, TileFormat &format)
{
    if (!said.is_object())
    {
        if (format.driver == "GTiff")
        {
            format.options["COMPRESS"] = "DEFLATE";
        }
        return;
    }
    format.driver = format_driver(said.value("driver", format.driver));
    const nlohmann::json options = said.value("options", nlohmann::json::object());
    for (const auto &[name, value] : options.items())
    {
        format.options[name] = value.is_string() ? value.get<std::string>() : value.dump();
    }
    format.mask = said.value("mask", false);
}

void include(std::map<std::string, stac::TileRange> &limits, const std::string &matrix, const stac::TileRange &tiles)
{
    const auto found = limits.find(matrix);
    limits[matrix] = found == limits.end() || found->second.empty() ? tiles : found->second.united(tiles);
}

/// West, south, east and north of both. One that crosses the antimeridian is left as it is.
std::vector<double> grown_bbox(const stac::TiledAssetsItem &item, const Pyramid &pyramid, const stac::TileSet &tiles)
{
    const std::vector<double> &bbox = item.bbox;
    if (bbox.size() != 4 || bbox[0] > bbox[2] || item.tile_matrix_set.crs.empty())
    {
        return bbox;
    }
    const stac::TileMatrix &base = pyramid.matrix(pyramid.finest);
    const stac::Bounds degrees =
        transform_bounds(base.bounds(base.range_window(tiles.bounding())), spatial_reference(item.tile_matrix_set.crs),
                         spatial_reference("OGC:CRS84"));
    return {std::min(bbox[0], degrees.min_x), std::min(bbox[1], degrees.min_y), std::max(bbox[2], degrees.max_x),
            std::max(bbox[3], degrees.max_y)};
}

/// Changes the item's text, whatever others change of it at the same time.
void change_item(store::Store &store, const std::string &key,
                 const std::function<std::string(const std::string &text)> &change)
{
    store::update_object(store, key,
                         [&](const store::Bytes *there)
                         {
                             if (there == nullptr)
                             {
                                 throw InputError(store.path(key) + ": is gone, while its tiles were written");
                             }
                             const std::string text = change({there->begin(), there->end()});
                             return std::optional(store::Bytes(text.begin(), text.end()));
                         });
}

} // namespace

Pyramid stored_pyramid(const stac::TiledAssetsItem &item)
{
    if (item.assets.size() != 1)
    {
        throw InputError("asset_templates: opens read-only, since there are several assets");
    }
    if (!item.pixel_buffers.empty())
    {
        throw InputError(std::string(kLinks) + ": opens read-only, since its tiles have a pixel_buffer");
    }
    const stac::TileAsset &asset = item.assets.front();
    Pyramid pyramid;
    pyramid.tile_path = stac::HrefTemplate(path_below_item(asset));
    pyramid.grid = grid_of(item);
    pyramid.finest = static_cast<int>(pyramid.grid.matrices.size()) - 1;
    pyramid.path_values["TileMatrixSet"] =
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
    TileFormat &format = pyramid.format;
    format.driver = driver_of(asset);
    format.width = pyramid.matrix(0).tile_width;
    format.height = pyramid.matrix(0).tile_height;
    format.crs_wkt = item.tile_matrix_set.crs.empty() ? "" : wkt(spatial_reference(item.tile_matrix_set.crs));
    set_bands(asset, format);
    try
    {
        set_options(property(item, kFormat), format);
        check_format(format);
    }
    catch (const InputError &error)
    {
        throw InputError(std::string("opens read-only: ") + error.what());
    }
    catch (const nlohmann::json::exception &)
    {
        throw InputError(std::string(kFormat) +
                         ": should be {\"driver\": \"GTiff\", \"options\": {...}, \"mask\": false}");
    }
    const nlohmann::json overviews = property(item, kOverviews);
    if (overviews.is_object() && overviews.contains("resampling"))
    {
        pyramid.overview_resampling = resampling_from_name(overviews.value("resampling", "average"));
    }
    return pyramid;
}

void describe_pyramid(const Pyramid &pyramid, stac::TiledAssetsItem &item)
{
    nlohmann::json &format = item.extra_properties[kFormat];
    format["driver"] = pyramid.format.driver;
    format["options"] = nlohmann::json::object();
    for (const auto &[name, value] : pyramid.format.options)
    {
        format["options"][name] = value;
    }
    if (pyramid.format.mask)
    {
        format["mask"] = true;
    }
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

void set_overview_resampling(store::Store &store, const std::string &key, Resampling resampling)
{
    change_item(store, key,
                [&](const std::string &text)
                {
                    stac::parse_json(text, store.path(key)); // bounds it
                    auto json = nlohmann::ordered_json::parse(text);
                    json["properties"][kOverviews]["resampling"] = name(resampling);
                    return json.dump(2) + "\n";
                });
}

void grow_item(store::Store &store, const std::string &key, const Pyramid &pyramid, const stac::TileSet &base_tiles)
{
    const auto grown = [&](const std::string &text)
    {
        const stac::TiledAssetsItem item =
            stac::TiledAssetsItem::from_json(stac::parse_json(text, store.path(key)), crs_facts);
        auto limits = item.limits;
        stac::TileSet tiles = base_tiles;
        for (int level = pyramid.finest; level >= pyramid.coarsest && !limits.empty(); --level)
        {
            include(limits, pyramid.matrix(level).id, tiles.bounding());
            tiles = level > 0 ? stac::parents(pyramid.grid, level, tiles) : stac::TileSet();
        }
        if (limits == item.limits)
        {
            return text;
        }
        auto json = nlohmann::ordered_json::parse(text);
        stac::set_limits(json, item.tile_matrix_set_key, limits, grown_bbox(item, pyramid, base_tiles));
        // The extent is that of the limits from now on.
        json["properties"].erase("proj:shape");
        json["properties"].erase("proj:transform");
        return json.dump(2) + "\n";
    };
    change_item(store, key, grown);
}

} // namespace tiledir::raster
