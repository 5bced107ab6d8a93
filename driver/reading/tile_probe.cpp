#include "driver/reading/tile_probe.h"

#include "driver/raster/input/raster_file.h"
#include "driver/raster/pixels/data_type.h"
#include "driver/raster/tile/open_tile.h"
#include "driver/reading/band_colors.h"
#include "driver/reading/first_tiles.h"
#include "driver/store/gdal_compat.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace tiledir::driver
{

namespace
{

constexpr int kMaxTilesProbed = 256;
constexpr std::size_t kGrowth = 4;

struct StoredTile
{
    std::string path;
    store::Bytes bytes;
};

/// Of the first tiles, the coarsest tile matrix first.
std::vector<std::string> first_keys(const TileSource &source, const stac::TileMatrixSet &grid,
                                    const StoredTiles &stored)
{
    std::vector<std::string> keys;
    for (const stac::TileId &tile : first_tiles(grid, stored, kMaxTilesProbed))
    {
        keys.push_back(source.key(grid.matrices[static_cast<std::size_t>(tile.level)], tile.row, tile.col));
    }
    return keys;
}

/// Asks for one tile, then for more and more at once.
std::optional<StoredTile> first_stored_tile(const TileSource &source, const std::vector<std::string> &keys,
                                            const store::ReadSettings &settings)
{
    const auto reader = store::open_object_reader(source.folder(), settings);
    std::size_t step = 1;
    for (std::size_t from = 0; from < keys.size(); from += std::exchange(step, step * kGrowth))
    {
        const std::vector<std::string> some(keys.begin() + static_cast<std::ptrdiff_t>(from),
                                            keys.begin() +
                                                static_cast<std::ptrdiff_t>(std::min(keys.size(), from + step)));
        std::map<std::size_t, std::shared_ptr<const store::Bytes>> found;
        reader->read(some,
                     [&found](std::size_t index, const store::ReadObject &object)
                     {
                         if (object.bytes)
                         {
                             found.emplace(index, object.bytes);
                         }
                     });
        if (!found.empty())
        {
            return StoredTile{reader->path(some[found.begin()->first]), *found.begin()->second};
        }
    }
    return std::nullopt;
}

std::optional<double> if_known(double value, int known, double plain)
{
    return known && value != plain ? std::optional<double>(value) : std::nullopt;
}

void describe_nodata(GDALRasterBand &band, stac::ItemBand &described)
{
    if (const auto nodata = raster::NodataValue::of(band))
    {
        described.nodata = nodata->number();
        described.large_nodata = nodata->whole();
    }
}

stac::ItemBand describe(GDALRasterBand &band)
{
    stac::ItemBand described;
    described.description = band.GetDescription();
    described.data_type = raster::is_signed_byte(band) ? "int8" : raster::stac_name(band.GetRasterDataType());
    described.unit = band.GetUnitType();
    described.common_name = common_name(band.GetColorInterpretation());
    describe_nodata(band, described);
    int known = FALSE;
    const double scale = band.GetScale(&known);
    described.scale = if_known(scale, known, 1);
    const double offset = band.GetOffset(&known);
    described.offset = if_known(offset, known, 0);
    return described;
}

} // namespace

std::vector<stac::ItemBand> bands_of_stored_tile(const TileSource &source, const stac::TileMatrixSet &grid,
                                                 const StoredTiles &stored_tiles, const store::ReadSettings &settings)
{
    auto tile = first_stored_tile(source, first_keys(source, grid, stored_tiles), settings);
    if (!tile)
    {
        throw InputError(source.folder(), "no tile found that shows what the item leaves out: its bands");
    }
    const raster::OpenTile stored(tile->bytes, tile->path);
    std::vector<stac::ItemBand> bands;
    for (int band = 1; band <= stored.bands(); ++band)
    {
        bands.push_back(describe(stored.band(band)));
    }
    stored.check(CE_None);
    return bands;
}

} // namespace tiledir::driver
