// A STAC Item with the tiled-assets extension: what makes a directory of tiles a dataset.
// STAC 1.1.0; tiled-assets 1.0.0; raster 1.1.0 and 2.0.0, eo and proj 2.0.0 fields where they say something of the
// pixels.
#pragma once

#include "stac/grid/tile_matrix_set.h"
#include "stac/item/pixel_buffer.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::stac
{

/// Of a band's valid pixels.
struct BandStatistics
{
    double minimum = 0;
    double maximum = 0;
    double mean = 0;
    double stddev = 0;                   ///< of all pixels, not of a sample
    std::optional<double> valid_percent; ///< of the item's pixels
};

/// One band, in STAC 1.1's words. data_type is STAC's (uint8, int16, ..., float32, cfloat64).
struct ItemBand
{
    std::string name;
    std::string description;
    std::string data_type = "uint8";
    bool type_is_untold = false;  ///< by the item that it was read from: a tile shows it
    std::optional<double> nodata; ///< NaN and infinities are written as "nan", "inf", "-inf"
    /// A whole nodata as JSON has it, where a double may not hold it: beyond 2^53; of uint64 as its two's complement.
    std::optional<std::int64_t> large_nodata;
    std::string unit;
    std::optional<double> scale;
    std::optional<double> offset;
    std::string common_name;            ///< eo:common_name
    std::optional<int> bits_per_sample; ///< where they are fewer than the data type's
    std::optional<BandStatistics> statistics;
};

/// One asset template: one kind of tile.
struct TileAsset
{
    std::string key = "tiles";
    std::string href; ///< template, relative to the item or absolute
    std::string media_type;
    std::string title;
    std::vector<ItemBand> bands;
};

/// Gives the JSON document that an item links, relative to the item or absolute. Throws InputError.
using FetchJson = std::function<nlohmann::json(const std::string &url)>;

struct TiledAssetsItem
{
    std::string id;
    std::string title;
    std::optional<std::string> datetime; ///< RFC 3339; without it start and end are written
    std::string start_datetime;
    std::string end_datetime;
    std::vector<double> bbox;     ///< CRS84: west, south, east, north; west > east where it crosses the antimeridian
    std::string proj_code;        ///< "EPSG:3857"; empty where the CRS has no code
    nlohmann::json proj_projjson; ///< where the CRS has no code; null otherwise
    TileMatrixSet tile_matrix_set;
    std::string tile_matrix_set_key; ///< of its link, which {TileMatrixSet} in templates means; empty: the set's id
    /// By matrix id; a matrix that is not listed has no tiles, unless the map is empty (then all are whole).
    std::map<std::string, TileRange> limits;
    /// By matrix id: stored tiles are larger than tiles. A matrix that is not listed has none.
    std::map<std::string, PixelBuffer> pixel_buffers;
    std::vector<TileAsset> assets;
    nlohmann::json extra_properties = nlohmann::json::object(); ///< e.g. "tiledir:overviews"
    /// What from_json() read past, a line each: members that are wrong and that no pixel depends on.
    std::vector<std::string> warnings;

    /// STAC 1.1.0 Item; from_json() gives the same item back (its assets in the order of their keys). The geometry is
    /// the bbox as a polygon (a MultiPolygon across the antimeridian). tiles:tile_matrix_sets has version 1 JSON of the
    /// matrices that have tiles and no others, since GDAL's STACTA takes the finest one there as the dataset; the whole
    /// set stands in the link as "tiledir:tile_matrix_set" where that left some out. Throws InputError for an item
    /// without a time, without an asset, with limits of unknown matrices, or with limits that are all empty.
    nlohmann::ordered_json to_json() const;

    /// Reads Items, Collections and Catalogs of 0.9 (short name), 1.0 and 1.1. The matrix set is embedded (in
    /// tiles:tile_matrix_sets, or as the schema's tiles:tile_matrix_set), or the `url` of its link says where it is:
    /// #Id (embedded), an OGC URI or well-known id, else a document for `fetch`, with or without #Id: a set, sets by
    /// their ids, or a document that embeds them. A document that is fetched leads to no other. Missing limit members
    /// default to the matrix's, what lies beyond the matrix is left out. `tile_matrix_set` chooses where there are
    /// several; empty is the first. Takes at most 100 sets, 4096 assets and 65536 bands an asset. Throws InputError
    /// that names the member.
    static TiledAssetsItem from_json(const nlohmann::json &json, const DescribeCrs &describe_crs = facts_of_common_crs,
                                     const std::string &tile_matrix_set = {}, const FetchJson &fetch = {});

    /// All but the grid, for an item that has none: its templates then name whole rasters.
    static TiledAssetsItem from_json_without_grid(const nlohmann::json &json);

    /// Names of the matrix sets that from_json() can be asked for; empty where the JSON has none.
    static std::vector<std::string> tile_matrix_sets(const nlohmann::json &json);

    /// Cheap test of the content: a JSON object that names the tiled-assets extension, anywhere in the text.
    static bool looks_like_one(const std::string &text);
};

} // namespace tiledir::stac
