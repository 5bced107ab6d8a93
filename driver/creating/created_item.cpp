#include "driver/creating/created_item.h"

#include "driver/raster/crs/spatial_reference.h"
#include "driver/raster/folder/stored_pyramid.h"
#include "driver/raster/pixels/data_type.h"
#include "driver/raster/pyramid/native_source.h"
#include "driver/raster/pyramid/pyramid_builder.h"
#include "driver/reading/band_colors.h"
#include "stac/error.h"
#include "stac/item/item_extent.h"
#include "stac/utc_time.h"
#include "stac/utf8.h"

#include <cpl_conv.h>

#include <ctime>
#include <utility>

namespace tiledir::driver
{

namespace
{

/// West, south, east, north; empty where that cannot be told.
std::vector<double> known_bbox(const stac::TileMatrixSet &grid, const stac::Bounds &bounds)
{
    try
    {
        return raster::crs84_bbox(bounds, grid.crs);
    }
    catch (const InputError &)
    {
        return {};
    }
}

nlohmann::json projjson(const OGRSpatialReference &crs)
{
    char *text = nullptr;
    crs.exportToPROJJSON(&text, nullptr);
    nlohmann::json json = text == nullptr ? nlohmann::json() : nlohmann::json::parse(text, nullptr, false);
    CPLFree(text);
    return json.is_object() ? json : nlohmann::json();
}

} // namespace

std::vector<stac::ItemBand> described_bands(GDALDataset &dataset, const raster::TileFormat &format)
{
    std::vector<stac::ItemBand> bands;
    for (int number = 1; number <= format.bands; ++number)
    {
        stac::ItemBand item_band;
        item_band.data_type = raster::stac_name(format.type);
        if (format.nodata)
        {
            item_band.nodata = format.nodata->number();
            item_band.large_nodata = format.nodata->whole();
        }
        if (format.alpha && number == format.bands)
        {
            item_band.common_name = common_name(GCI_AlphaBand);
        }
        if (number <= dataset.GetRasterCount())
        {
            GDALRasterBand &band = *dataset.GetRasterBand(number);
            item_band.description = stac::as_utf8(band.GetDescription());
            item_band.unit = stac::as_utf8(band.GetUnitType());
            int has = FALSE;
            const double scale = band.GetScale(&has);
            item_band.scale = has && scale != 1 ? std::optional(scale) : std::nullopt;
            const double offset = band.GetOffset(&has);
            item_band.offset = has && offset != 0 ? std::optional(offset) : std::nullopt;
            item_band.common_name = common_name(band.GetColorInterpretation());
        }
        bands.push_back(item_band);
    }
    return bands;
}

stac::TiledAssetsItem created_item(const raster::Pyramid &pyramid, std::vector<stac::ItemBand> bands,
                                   const stac::TileRange &base, const stac::Bounds &bounds,
                                   const std::optional<stac::PixelWindow> &extent, const CreationOptions &options,
                                   const std::string &name)
{
    const raster::TileFormat &format = pyramid.format;
    stac::TiledAssetsItem item;
    item.id = options.id.empty() ? stac::as_utf8(name) : options.id;
    item.title = options.title;
    if (!options.datetime.empty())
    {
        item.datetime = options.datetime;
    }
    else
    {
        item.start_datetime = stac::utc_time(std::time(nullptr));
        item.end_datetime = item.start_datetime;
    }
    item.tile_matrix_set = pyramid.grid;
    for (int level = pyramid.coarsest; level <= pyramid.finest; ++level)
    {
        item.limits[pyramid.matrix(level).id] = raster::range_above(pyramid, base, level);
    }
    if (!raster::is_nowhere(pyramid.grid))
    {
        const OGRSpatialReference crs = raster::spatial_reference(pyramid.grid.crs);
        item.proj_code = raster::authority_code(crs);
        item.proj_projjson = item.proj_code.empty() ? projjson(crs) : nlohmann::json();
        item.bbox = known_bbox(pyramid.grid, bounds);
    }
    stac::TileAsset tiles;
    tiles.href = pyramid.tile_path.text();
    tiles.media_type = raster::format_media_type(format.driver);
    tiles.title = "Tiles";
    tiles.bands = std::move(bands);
    item.assets.push_back(std::move(tiles));
    raster::describe_pyramid(pyramid, item);
    if (extent)
    {
        set_item_extent(item, pyramid.matrix(pyramid.finest), *extent);
    }
    return item;
}

} // namespace tiledir::driver
