#include "driver/item/item_place.h"

#include "driver/item/band_sources.h"
#include "driver/raster/folder/grid_place.h"
#include "driver/reading/href.h"
#include "driver/reading/tile_source.h"
#include "driver/store/opening/object_reader.h"

namespace tiledir::driver
{

namespace
{

TileSource source_of(const stac::TiledAssetsItem &item, const ItemLocation &location, bool allow_local)
{
    const stac::TileAsset &asset = item.assets.front();
    const std::string &key = item.tile_matrix_set_key;
    auto values = template_values(location.dimensions);
    values["TileMatrixSet"] = key.empty() ? item.tile_matrix_set.id : key;
    if (!asset.bands.empty())
    {
        set_band(values, asset.bands.front().name);
    }
    return {resolved_href(asset.href, location.folder, allow_local, location.query()), values};
}

} // namespace

void settle_item(const ItemLocation &location, bool allow_local, stac::TiledAssetsItem &item)
{
    raster::settle_grid(
        [&](const stac::TileMatrix &matrix, std::int64_t row, std::int64_t col)
        {
            const TileSource source = source_of(item, location, allow_local);
            const auto reader = store::open_object_reader(source.folder());
            const std::string key = source.key(matrix, row, col);
            return raster::TileBytes{reader->path(key), reader->read(key).bytes};
        },
        item);
}

} // namespace tiledir::driver
