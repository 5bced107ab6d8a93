#include "stac/error.h"
#include "stac/item/item_growth.h"
#include "stac/item/item_members.h"
#include "stac/item/item_statistics.h"
#include "stac/item/tiled_assets_item.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tiledir::stac
{

namespace
{

using Json = nlohmann::ordered_json;

// The extensions raster 2.0.0 and eo 2.0.0 may not be declared: their schemas then want fields of theirs in the
// properties or in `assets`, and do not look into `asset_templates`.
constexpr const char *kTiledAssets = "https://stac-extensions.github.io/tiled-assets/v1.0.0/schema.json";
constexpr const char *kProjection = "https://stac-extensions.github.io/projection/v2.0.0/schema.json";
constexpr const char *kRaster1 = "https://stac-extensions.github.io/raster/v1.1.0/schema.json";

void put_text(Json &json, const char *key, const std::string &text)
{
    if (!text.empty())
    {
        json[key] = text;
    }
}

Json nodata_json(const ItemBand &band)
{
    if (band.large_nodata)
    {
        return band.data_type == "uint64" ? Json(static_cast<std::uint64_t>(*band.large_nodata))
                                          : Json(*band.large_nodata);
    }
    const double nodata = *band.nodata;
    if (std::isnan(nodata))
    {
        return "nan";
    }
    if (std::isinf(nodata))
    {
        return nodata > 0 ? "inf" : "-inf";
    }
    constexpr double kMaxExact = 9007199254740992.0;
    return nodata == std::floor(nodata) && std::abs(nodata) <= kMaxExact ? Json(static_cast<std::int64_t>(nodata))
                                                                         : Json(nodata);
}

/// What `bands` of STAC 1.1 and `raster:bands` of raster 1.1.0 have in common, but for the prefix of some names.
void put_values(Json &json, const ItemBand &band, const std::string &prefix)
{
    json["data_type"] = band.data_type;
    if (band.nodata)
    {
        json["nodata"] = nodata_json(band);
    }
    put_text(json, "unit", band.unit);
    if (band.scale)
    {
        json[prefix + "scale"] = *band.scale;
    }
    if (band.offset)
    {
        json[prefix + "offset"] = *band.offset;
    }
    if (band.bits_per_sample)
    {
        json[prefix + "bits_per_sample"] = *band.bits_per_sample;
    }
    if (band.statistics)
    {
        json["statistics"] = statistics_json(*band.statistics);
    }
}

Json band_json(const ItemBand &band)
{
    Json json = Json::object();
    put_text(json, "name", band.name);
    put_text(json, "description", band.description);
    put_values(json, band, "raster:");
    put_text(json, "eo:common_name", band.common_name);
    return json;
}

Json raster_band_json(const ItemBand &band)
{
    Json json = Json::object();
    put_values(json, band, "");
    return json;
}

Json eo_band_json(const ItemBand &band)
{
    Json json = Json::object();
    put_text(json, "name", band.name);
    put_text(json, "description", band.description);
    put_text(json, "common_name", band.common_name);
    return json;
}

/// The extension's names of parameters, for the short ones that other readers do not know.
std::string standard_href(std::string href)
{
    for (const auto &[shortened, name] :
         {std::pair("{z}", "{TileMatrix}"), std::pair("{y}", "{TileRow}"), std::pair("{x}", "{TileCol}")})
    {
        for (auto at = href.find(shortened); at != std::string::npos; at = href.find(shortened, at))
        {
            href.replace(at, std::string(shortened).size(), name);
        }
    }
    return href;
}

Json asset_json(const TileAsset &asset)
{
    Json json;
    json["href"] = standard_href(asset.href);
    put_text(json, "type", asset.media_type);
    put_text(json, "title", asset.title);
    json["roles"] = {"data"};
    const bool has_common_name = std::any_of(asset.bands.begin(), asset.bands.end(),
                                             [](const ItemBand &band) { return !band.common_name.empty(); });
    for (const ItemBand &band : asset.bands)
    {
        json["bands"].push_back(band_json(band));
        json["raster:bands"].push_back(raster_band_json(band));
        if (has_common_name)
        {
            json["eo:bands"].push_back(eo_band_json(band));
        }
    }
    return json;
}

/// The matrices that have tiles.
TileMatrixSet set_with_tiles(const TiledAssetsItem &item)
{
    TileMatrixSet set = item.tile_matrix_set;
    for (const auto &[id, range] : item.limits)
    {
        if (!set.index_of(id))
        {
            throw InputError("limits: " + id + " is no tile matrix of " + set.id);
        }
    }
    const auto has_no_tiles = [&item](const TileMatrix &matrix)
    {
        const auto range = item.limits.find(matrix.id);
        return !item.limits.empty() && (range == item.limits.end() || range->second.empty());
    };
    set.matrices.erase(std::remove_if(set.matrices.begin(), set.matrices.end(), has_no_tiles), set.matrices.end());
    if (set.matrices.empty())
    {
        throw InputError("limits: no tile matrix of " + set.id + " has tiles");
    }
    return set;
}

void put_grid(Json &properties, const TiledAssetsItem &item)
{
    const TileMatrixSet &whole = item.tile_matrix_set;
    const TileMatrixSet set = set_with_tiles(item);
    Json link;
    const std::string &key = item.tile_matrix_set_key.empty() ? set.id : item.tile_matrix_set_key;
    link["url"] = "#" + key;
    for (const TileMatrix &matrix : set.matrices)
    {
        const auto range = item.limits.find(matrix.id);
        if (range != item.limits.end())
        {
            link["limits"][matrix.id] = limits_json(range->second);
        }
        const auto buffer = item.pixel_buffers.find(matrix.id);
        if (buffer != item.pixel_buffers.end() && buffer->second != PixelBuffer())
        {
            link["pixel_buffer"][matrix.id] = buffer->second.to_json();
        }
    }
    if (set.matrices.size() < whole.matrices.size())
    {
        link["tiledir:tile_matrix_set"] = whole.to_json();
    }
    properties["tiles:tile_matrix_links"][key] = link;
    properties["tiles:tile_matrix_sets"][key] = set.to_json(TmsJsonVersion::Version1);
}

void put_times(Json &properties, const TiledAssetsItem &item)
{
    if (!item.datetime && (item.start_datetime.empty() || item.end_datetime.empty()))
    {
        throw InputError("datetime: without it start_datetime and end_datetime are needed");
    }
    properties["datetime"] = item.datetime ? Json(*item.datetime) : Json(nullptr);
    put_text(properties, "start_datetime", item.start_datetime);
    put_text(properties, "end_datetime", item.end_datetime);
}

Json keywords_json(const TiledAssetsItem &item)
{
    Json keywords = Json::array({kKeyword});
    if (const auto more = item.extra_properties.find("keywords"); more != item.extra_properties.end())
    {
        for (const nlohmann::json &keyword : *more)
        {
            keywords.push_back(Json(keyword));
        }
    }
    return keywords;
}

Json properties_json(const TiledAssetsItem &item)
{
    Json properties;
    put_text(properties, "title", item.title);
    put_times(properties, item);
    if (!item.proj_code.empty())
    {
        properties["proj:code"] = item.proj_code;
    }
    else if (!item.proj_projjson.is_null())
    {
        properties["proj:code"] = nullptr;
        properties["proj:projjson"] = item.proj_projjson;
    }
    for (const auto &[name, value] : item.extra_properties.items())
    {
        if (name != "keywords")
        {
            properties[name] = value;
        }
    }
    put_grid(properties, item);
    return properties;
}

} // namespace

Json TiledAssetsItem::to_json() const
{
    if (assets.empty())
    {
        throw InputError("asset_templates: an item needs one at least");
    }
    Json json;
    json["type"] = "Feature";
    json["stac_version"] = "1.1.0";
    json["stac_extensions"] = Json::array({kTiledAssets, kRaster1});
    if (!proj_code.empty() || !proj_projjson.is_null())
    {
        json["stac_extensions"].push_back(kProjection);
    }
    json["id"] = id;
    json["geometry"] = bbox.empty() ? Json(nullptr) : geometry_json(bbox);
    if (!bbox.empty())
    {
        json["bbox"] = bbox;
    }
    json["properties"]["keywords"] = keywords_json(*this);
    json["properties"].update(properties_json(*this));
    json["links"] = Json::array();
    json["assets"] = Json::object();
    for (const TileAsset &asset : assets)
    {
        json["asset_templates"][asset.key] = asset_json(asset);
    }
    return json;
}

} // namespace tiledir::stac
