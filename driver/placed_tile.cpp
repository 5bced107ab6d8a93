#include "driver/placed_tile.h"

#include "driver/raster/raster_file.h"
#include "driver/store/gdal_errors.h"
#include "stac/error.h"

#include <array>
#include <cmath>

namespace tiledir::driver
{

namespace
{

constexpr double kSquare = 1e-6;

std::optional<TilePlace> place_of(GDALDataset &file)
{
    std::array<double, 6> values{};
    if (GDALGetGeoTransform(GDALDataset::ToHandle(&file), values.data()) != CE_None)
    {
        return std::nullopt;
    }
    const bool upright = values[2] == 0 && values[4] == 0 && values[1] > 0 && values[5] < 0;
    if (!upright || std::abs(values[1] + values[5]) > kSquare * values[1])
    {
        return std::nullopt;
    }
    TilePlace place;
    place.left = values[0];
    place.top = values[3];
    place.cell_size = values[1];
    if (const OGRSpatialReference *crs = file.GetSpatialRef())
    {
        place.crs = *crs;
    }
    return place;
}

} // namespace

PlacedTile placed_tile(const TreeListing &tree, const StoredLevel &level, const TileName &name)
{
    const std::string path = tree.path(level, name);
    const store::GdalErrors errors;
    const auto file = raster::open_raster(path);
    if (!file)
    {
        throw TileError(path + ": not a raster that GDAL reads: " + errors.cause_at(path));
    }
    return {name, file->GetRasterXSize(), file->GetRasterYSize(), place_of(*file)};
}

} // namespace tiledir::driver
