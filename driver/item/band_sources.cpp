#include "driver/item/band_sources.h"

#include "driver/raster/pixels/data_type.h"
#include "driver/reading/band_colors.h"
#include "driver/reading/href.h"
#include "driver/reading/tile_probe.h"
#include "stac/error.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tiledir::driver
{

namespace
{

constexpr std::array kBandParameters{"eo:band", "eo:bands"};
constexpr double kMaxTileBytes = 2147483648.0; ///< bytes
constexpr std::size_t kMaxBands = 65536;       ///< as many as GDAL takes

/// A band's pixels as the item tells of them; where they are stored is not known here.
BandPixels pixels_of(const stac::ItemBand &band, const std::string &item_path)
{
    const GDALDataType type = raster::readable_type(band.data_type);
    if (type == GDT_Unknown)
    {
        throw InputError(item_path, "data_type " + band.data_type + ": not a type that GDAL " +
                                        GDALVersionInfo("RELEASE_NAME") + " has");
    }
    BandPixels pixels;
    pixels.type = type;
    if (band.nodata)
    {
        pixels.nodata.emplace(*band.nodata, band.large_nodata);
    }
    return pixels;
}

/// The tiles of an asset, those of each of its bands where the template has {eo:band}.
void sources_of(const stac::TileAsset &asset, const ResolvedHref &path, std::map<std::string, std::string> values,
                std::vector<TileSource> &sources)
{
    const stac::HrefTemplate href(path.path);
    if (!has_tiles_of_each_band(href))
    {
        sources.emplace_back(path, values);
        return;
    }
    if (asset.bands.empty())
    {
        throw InputError("asset_templates." + asset.key + ": its href has {eo:band}, and it has no eo:bands");
    }
    for (const stac::ItemBand &band : asset.bands)
    {
        set_band(values, band.name);
        sources.emplace_back(path, values);
    }
}

bool tells_type(const stac::ItemBand &band)
{
    return !band.type_is_untold;
}

/// What a stored tile has of the asset's bands; one more, alpha, is not among them. Where no tile is found, those that
/// tell their type speak for the others.
std::vector<stac::ItemBand> stored_bands(const stac::TileAsset &asset, const TileSource &source, bool band_each,
                                         const OpenedItem &opened)
{
    std::vector<stac::ItemBand> stored;
    const auto told = std::find_if(asset.bands.begin(), asset.bands.end(), tells_type);
    try
    {
        stored = bands_of_stored_tile(source, opened.item.tile_matrix_set, opened.stored, opened.options.reading.store);
    }
    catch (const InputError &)
    {
        if (told == asset.bands.end())
        {
            throw;
        }
        stac::ItemBand typed;
        typed.data_type = told->data_type;
        return std::vector<stac::ItemBand>(asset.bands.size(), typed);
    }
    if (band_each && stored.size() == 1)
    {
        stored.resize(asset.bands.size(), stac::ItemBand(stored[0]));
    }
    if (!asset.bands.empty() && stored.size() == asset.bands.size() + 1 && stored.back().common_name == "alpha")
    {
        stored.pop_back();
    }
    return stored;
}

/// Fills in what a stored tile has to tell: all bands, or their types where the item only names them.
void complete_bands(stac::TileAsset &asset, const TileSource &source, bool band_each, const OpenedItem &opened)
{
    if (!asset.bands.empty() && std::all_of(asset.bands.begin(), asset.bands.end(), tells_type))
    {
        return;
    }
    auto stored = stored_bands(asset, source, band_each, opened);
    if (asset.bands.empty())
    {
        asset.bands = std::move(stored);
        return;
    }
    if (stored.size() != asset.bands.size())
    {
        throw InputError("asset_templates." + asset.key + ": has " + std::to_string(asset.bands.size()) +
                         " band(s), its tiles have " + std::to_string(stored.size()));
    }
    for (std::size_t index = 0; index < stored.size(); ++index)
    {
        stac::ItemBand &band = asset.bands[index];
        if (tells_type(band))
        {
            continue;
        }
        band.data_type = stored[index].data_type;
        if (!band.nodata)
        {
            band.nodata = stored[index].nodata;
            band.large_nodata = stored[index].large_nodata;
        }
    }
}

} // namespace

bool has_tiles_of_each_band(const stac::HrefTemplate &href)
{
    return std::any_of(kBandParameters.begin(), kBandParameters.end(),
                       [&href](const char *parameter) { return href.has(parameter); });
}

void set_band(std::map<std::string, std::string> &values, const std::string &name)
{
    for (const char *parameter : kBandParameters)
    {
        values[parameter] = name;
    }
}

BandSources band_sources(const OpenedItem &opened)
{
    BandSources found;
    const ItemLocation &location = opened.location;
    const std::string &key = opened.item.tile_matrix_set_key;
    auto values = template_values(opened.dimensions);
    values["TileMatrixSet"] = key.empty() ? opened.item.tile_matrix_set.id : key;
    for (stac::TileAsset asset : opened.assets)
    {
        const std::size_t first = found.sources.size();
        sources_of(asset, resolved_href(asset.href, location.folder, opened.options.allow_local, location.query()),
                   values, found.sources);
        const bool band_each = found.sources.size() - first > 1;
        complete_bands(asset, found.sources[first], band_each, opened);
        complete_colors(asset);
        for (std::size_t index = 0; index < asset.bands.size(); ++index)
        {
            BandPixels pixels = pixels_of(asset.bands[index], location.path());
            pixels.source = first + (band_each ? index : 0);
            pixels.source_band = band_each ? 0 : static_cast<int>(index);
            pixels.alpha = asset.bands.size() > 1 && !band_each && asset.bands[index].common_name == "alpha";
            found.pixels.push_back(pixels);
            found.bands.push_back(asset.bands[index]);
        }
    }
    if (found.bands.size() > kMaxBands)
    {
        throw InputError(location.path(), "has " + std::to_string(found.bands.size()) + " bands, at most " +
                                              std::to_string(kMaxBands) + " are read");
    }
    return found;
}

void check_tile_sizes(const stac::TileMatrixSet &grid, const std::vector<RasterLevel> &levels,
                      const std::vector<BandPixels> &bands)
{
    std::map<std::size_t, double> pixel_sizes; // of each source, the bytes of a pixel
    for (const BandPixels &band : bands)
    {
        pixel_sizes[band.source] += GDALGetDataTypeSizeBytes(band.type);
    }
    double largest = 0;
    for (const auto &[source, size] : pixel_sizes)
    {
        largest = std::max(largest, size);
    }
    for (const RasterLevel &level : levels)
    {
        const stac::TileMatrix &matrix = grid.matrices[level.matrix];
        const double bytes = largest * matrix.tile_width * matrix.tile_height;
        if (bytes > kMaxTileBytes)
        {
            throw InputError("tile matrix " + matrix.id + ": tiles of " + std::to_string(matrix.tile_width) + " x " +
                             std::to_string(matrix.tile_height) + " pixels are " + std::to_string(bytes / 1e9) +
                             " GB in memory with all of their bands, at most 2.1 are read");
        }
    }
}

} // namespace tiledir::driver
