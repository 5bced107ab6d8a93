#include "driver/raster/folder/stored_format.h"

#include "driver/journal/output_layout.h"
#include "driver/raster/crs/spatial_reference.h"
#include "driver/raster/pixels/color_table.h"
#include "driver/raster/pixels/data_type.h"
#include "driver/raster/tile/known_formats.h"
#include "driver/raster/tile/open_tile.h"
#include "stac/begins_with.h"
#include "stac/error.h"
#include "stac/json/json_node.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <gdal_priv.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace tiledir::raster
{

namespace
{

constexpr const char *kFormat = "tiledir:format";
constexpr int kMaxTilesRead = 64;
constexpr const char *kStructure = "IMAGE_STRUCTURE";

/// WKT 1, as the engine's tiles have it. Pixels that are nowhere on earth have none.
std::string crs_wkt(const stac::TileMatrixSet &grid)
{
    const OGRSpatialReference crs = grid.crs.empty() ? OGRSpatialReference() : spatial_reference(grid.crs);
    return crs.IsEmpty() || crs.IsLocal() ? "" : wkt1(crs);
}

/// The first driver that writes and whose list of words in `item` (media type, extensions) has this one; empty: none.
std::string driver_that_has(const char *item, const std::string &word)
{
    for (int i = 0; i < GetGDALDriverManager()->GetDriverCount(); ++i)
    {
        GDALDriver &driver = *GetGDALDriverManager()->GetDriver(i);
        const char *words = driver.GetMetadataItem(item);
        const bool writes = CPLFetchBool(driver.GetMetadata(), GDAL_DCAP_RASTER, false) &&
                            (CPLFetchBool(driver.GetMetadata(), GDAL_DCAP_CREATE, false) ||
                             CPLFetchBool(driver.GetMetadata(), GDAL_DCAP_CREATECOPY, false));
        if (words != nullptr && writes && CPLStringList(CSLTokenizeString(words)).FindString(word.c_str()) >= 0)
        {
            return driver.GetDescription();
        }
    }
    return "";
}

/// By media type, else by the extension of the tiles' names.
std::string driver_of(const stac::TileAsset &asset)
{
    if (stac::begins_with(asset.media_type, "image/tiff"))
    {
        return asset.media_type.find("cloud-optimized") == std::string::npos ? "GTiff" : "COG";
    }
    const std::string type = asset.media_type.substr(0, asset.media_type.find(';'));
    std::string driver = type.empty() ? "" : driver_that_has(GDAL_DMD_MIMETYPE, type);
    const std::string extension = CPLGetExtension(asset.href.c_str());
    if (driver.empty() && !extension.empty())
    {
        driver = EQUAL(extension.c_str(), "tif") ? "GTiff" : driver_that_has(GDAL_DMD_EXTENSIONS, extension);
    }
    if (driver.empty())
    {
        throw InputError("asset_templates." + asset.key + ": neither type '" + asset.media_type +
                         "' nor the extension of '" + asset.href + "' is of a format that GDAL writes");
    }
    return driver;
}

struct StoredTile
{
    std::string path;
    store::Bytes bytes;
};

/// A tile of the item, one of the coarsest level that has any.
std::optional<StoredTile> first_tile(const stac::TiledAssetsItem &item, const Pyramid &pyramid,
                                     const store::Store &tiles)
{
    int left = kMaxTilesRead;
    for (int level = pyramid.coarsest; level <= pyramid.finest; ++level)
    {
        const auto limits = item.limits.find(pyramid.matrix(level).id);
        const stac::TileRange range = limits == item.limits.end() ? pyramid.matrix(level).range() : limits->second;
        for (std::int64_t row = range.min_row; row <= range.max_row; ++row)
        {
            for (std::int64_t col = range.min_col; col <= range.max_col; ++col)
            {
                const std::string key = pyramid.key(level, row, col);
                if (auto bytes = tiles.read(key))
                {
                    return StoredTile{tiles.path(key), *std::move(bytes)};
                }
                if (--left == 0)
                {
                    return std::nullopt;
                }
            }
        }
    }
    return std::nullopt;
}

/// Creation options that give tiles like this one.
std::map<std::string, std::string> options_of(GDALDataset &tile, const std::string &driver)
{
    std::map<std::string, std::string> options;
    const auto said = [&tile](const char *name)
    {
        const char *value = tile.GetMetadataItem(name, kStructure);
        return std::string(value == nullptr ? "" : value);
    };
    const auto take = [&](const char *name, const char *option, const char *plain)
    {
        if (const std::string value = said(name); !value.empty() && value != plain)
        {
            options[option] = value;
        }
    };
    if (driver == "WEBP" && said("COMPRESSION_REVERSIBILITY") == "LOSSLESS")
    {
        options["LOSSLESS"] = "YES";
    }
    if (driver == "JPEG")
    {
        take("JPEG_QUALITY", "QUALITY", "75");
    }
    if (driver != "GTiff" && driver != "COG")
    {
        return options;
    }
    const std::string compression = said("COMPRESSION");
    if (!compression.empty())
    {
        options["COMPRESS"] = compression == "YCbCr JPEG" ? "JPEG" : compression;
    }
    if (driver == "COG")
    {
        return options;
    }
    if (compression == "YCbCr JPEG")
    {
        options["PHOTOMETRIC"] = "YCBCR";
    }
    take("PREDICTOR", "PREDICTOR", "1");
    if (tile.GetRasterCount() > 1)
    {
        take("INTERLEAVE", "INTERLEAVE", "PIXEL");
    }
    int width = 0;
    int height = 0;
    tile.GetRasterBand(1)->GetBlockSize(&width, &height);
    if (width < tile.GetRasterXSize())
    {
        options["TILED"] = "YES";
        options["BLOCKXSIZE"] = std::to_string(width);
        options["BLOCKYSIZE"] = std::to_string(height);
    }
    return options;
}

std::optional<NodataValue> nodata_of(const stac::ItemBand &band)
{
    return band.nodata ? std::optional(NodataValue(*band.nodata, band.large_nodata)) : std::nullopt;
}

bool tells_no_type(const stac::ItemBand &band)
{
    return band.type_is_untold;
}

/// The type is that of the first band that tells it.
void set_bands(const std::vector<stac::ItemBand> &bands, TileFormat &format)
{
    const auto told = std::find_if_not(bands.begin(), bands.end(), tells_no_type);
    const stac::ItemBand &first = told == bands.end() ? bands.front() : *told;
    for (const stac::ItemBand &band : bands)
    {
        if (band.data_type != first.data_type && !tells_no_type(band))
        {
            throw InputError("bands: are of the types " + first.data_type + " and " + band.data_type +
                             "; only tiles of one type are written");
        }
        const bool is_last = &band == &bands.back() && bands.size() > 1;
        if (nodata_of(band) != nodata_of(first) && !(is_last && !band.nodata))
        {
            throw InputError("bands: have unlike nodata; only tiles with one are written");
        }
    }
    format.bands = static_cast<int>(bands.size());
    format.nodata = nodata_of(first);
    format.type = type_of_stac_name(first.data_type);
    if (format.type == GDT_Unknown)
    {
        throw InputError("bands: are of type " + first.data_type + ", which this GDAL (" +
                         GDALVersionInfo("RELEASE_NAME") + ") does not write");
    }
}

/// Of tiles that may have an alpha band which the item does not tell of, as pictures do where they are not opaque.
void keep_alpha(TileFormat &format)
{
    const bool may = !format.nodata && !format.alpha && !format.mask && !format.colors &&
                     (format.type == GDT_Byte || format.type == GDT_UInt16);
    if (may)
    {
        format.mask = true;
        format.mask_is_alpha = true;
    }
}

/// What an item without "tiledir:format" leaves open.
void take_from(const StoredTile &stored, bool bands_known, bool type_known, TileFormat &format)
{
    const OpenTile tile(stored.bytes, stored.path);
    GDALRasterBand &first = tile.band(1);
    const bool alpha = tile.bands() > 1 && tile.band(tile.bands()).GetColorInterpretation() == GCI_AlphaBand;
    if (!bands_known)
    {
        format.bands = tile.bands();
        format.nodata = NodataValue::of(first);
    }
    if (!type_known)
    {
        format.type = first.GetRasterDataType();
    }
    format.alpha = format.alpha || (alpha && tile.bands() == format.bands);
    format.mask = tile.may_have_mask() && !format.alpha && first.GetMaskFlags() == GMF_PER_DATASET;
    format.options = options_of(tile.dataset(), format.driver);
    format.colors = format.bands == 1 ? colors_of(first) : nullptr;
    if (alpha && tile.bands() == format.bands + 1)
    {
        keep_alpha(format);
    }
}

void read_format(const stac::JsonNode &node, TileFormat &format)
{
    if (const auto version = node.object().find("version");
        version && version->integer(0, std::numeric_limits<int>::max()) > journal::kLayoutVersion)
    {
        version->fail("is made by a newer tiledir; this one knows " + std::to_string(journal::kLayoutVersion));
    }
    if (const auto driver = node.find("driver"))
    {
        format.driver = driver->text();
    }
    if (const auto options = node.find("options"))
    {
        format.options.clear();
        for (const auto &[name, value] : options->object().json().items())
        {
            format.options[name] = value.is_string() ? value.get<std::string>() : value.dump();
        }
    }
    const auto flag = [&node](const char *name, bool otherwise)
    {
        const auto value = node.find(name);
        return value ? value->boolean() : otherwise;
    };
    format.alpha = flag("alpha", format.alpha);
    format.mask = flag("mask", format.mask);
    if (const auto colors = node.find("colors"))
    {
        constexpr std::size_t kMaxColors = 65536;
        constexpr short kMaxColor = 255;
        auto entries = std::make_shared<std::vector<GDALColorEntry>>();
        for (std::size_t index = 0; index < colors->at_most(kMaxColors).size(); ++index)
        {
            const stac::JsonNode color = colors->element(index);
            if (color.size() != 4)
            {
                color.fail("has " + std::to_string(color.size()) + " numbers, should have 4");
            }
            const auto part = [&color](std::size_t at)
            { return static_cast<short>(color.element(at).integer(0, kMaxColor)); };
            entries->push_back({part(0), part(1), part(2), part(3)});
        }
        format.colors = entries;
    }
}

} // namespace

TileFormat stored_format(const stac::TiledAssetsItem &item, const Pyramid &pyramid, const store::Store &tiles)
{
    const stac::TileAsset &asset = item.assets.front();
    const stac::TileMatrix &base = pyramid.matrix(pyramid.finest);
    TileFormat format;
    format.crs_wkt = crs_wkt(pyramid.grid);
    format.width = base.tile_width;
    format.height = base.tile_height;
    format.driver = driver_of(asset);
    const KnownFormat known = known_format(format.driver);
    const auto said = stac::JsonNode(item.extra_properties).find(kFormat);
    if (!asset.bands.empty())
    {
        set_bands(asset.bands, format);
        const std::string &last = asset.bands.back().common_name;
        const bool may_be_alpha = known.can_add_opacity(format.bands - 1);
        format.alpha = format.bands > 1 && (last == "alpha" || (last.empty() && may_be_alpha));
    }
    if (!said || asset.bands.empty())
    {
        const auto tile = first_tile(item, pyramid, tiles);
        if (!tile && asset.bands.empty())
        {
            throw InputError("asset_templates." + asset.key +
                             ": tells nothing of its bands, and no tile was found that shows them");
        }
        if (tile)
        {
            const bool type_known = !std::all_of(asset.bands.begin(), asset.bands.end(), tells_no_type);
            take_from(*tile, !asset.bands.empty(), type_known, format);
        }
        if (known.can_add_opacity(format.bands))
        {
            keep_alpha(format);
        }
    }
    if (said)
    {
        read_format(*said, format);
    }
    format.driver = format_driver(format.driver);
    check_format(format);
    return format;
}

void describe_format(const TileFormat &format, stac::TiledAssetsItem &item)
{
    nlohmann::json json = {
        {"version", journal::kLayoutVersion}, {"driver", format.driver}, {"options", format.options}};
    if (format.alpha)
    {
        json["alpha"] = true;
    }
    if (format.mask)
    {
        json["mask"] = true;
    }
    if (format.colors)
    {
        for (const GDALColorEntry &color : *format.colors)
        {
            json["colors"].push_back({color.c1, color.c2, color.c3, color.c4});
        }
    }
    item.extra_properties[kFormat] = json;
}

} // namespace tiledir::raster
