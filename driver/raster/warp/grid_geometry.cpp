#include "driver/raster/warp/grid_source.h"

#include "driver/raster/crs/globe.h"
#include "driver/raster/crs/spatial_reference.h"
#include "driver/raster/warp/mapped_extent.h"
#include "driver/store/gdal_errors.h"
#include "stac/error.h"

#include <cpl_string.h>
#include <gdal_alg.h>
#include <gdal_priv.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace tiledir::raster
{

namespace
{

/// Leaves out the rows that lie beyond Mercator's world.
void keep_mercator_rows(Extent &extent)
{
    const double top = extent.geotransform[3];
    const double cell = -extent.geotransform[5];
    const double first = std::floor(std::max(0.0, (top - kMercatorLatitude) / cell));
    const double end = std::min<double>(extent.height, std::ceil((top + kMercatorLatitude) / cell));
    if (first >= end)
    {
        throw InputError("input: lies beyond the latitudes that Mercator shows, -85.05 to 85.05");
    }
    extent.geotransform[3] = top - first * cell;
    extent.height = static_cast<int>(end - first);
}

SuggestedOutput suggested_by_gdal(const Extent &extent, const OGRSpatialReference &from, const OGRSpatialReference &to)
{
    const store::GdalErrors errors;
    const GDALDatasetUniquePtr raster(
        GetGDALDriverManager()->GetDriverByName("MEM")->Create("", extent.width, extent.height, 0, GDT_Byte, nullptr));
    const GDALDatasetH handle = GDALDataset::ToHandle(raster.get());
    std::array<double, 6> values = extent.geotransform;
    GDALSetGeoTransform(handle, values.data());
    raster->SetSpatialRef(&from);
    CPLStringList options;
    options.SetNameValue("DST_SRS", wkt(to).c_str());
    const std::unique_ptr<void, decltype(&GDALDestroyGenImgProjTransformer)> transformer(
        GDALCreateGenImgProjTransformer2(handle, nullptr, options.List()), GDALDestroyGenImgProjTransformer);
    std::array<double, 4> edges{};
    int width = 0;
    int height = 0;
    if (!transformer || GDALSuggestedWarpOutput2(handle, GDALGenImgProjTransform, transformer.get(), values.data(),
                                                 &width, &height, edges.data(), 0) != CE_None)
    {
        throw InputError(std::string("input: '") + from.GetName() + "' cannot be brought to '" + to.GetName() +
                         "': " + errors.cause("unknown cause"));
    }
    SuggestedOutput output{values[1], {edges[0], edges[1], edges[2], edges[3]}};
    // GDAL rounds its bounds to whole pixels, which may cut half of one.
    const auto &place = extent.geotransform;
    const stac::Bounds exact = transform_bounds(
        {place[0], place[3] + place[5] * extent.height, place[0] + place[1] * extent.width, place[3]}, from, to);
    if (!exact.empty())
    {
        output.bounds = output.bounds.united(exact);
    }
    return output;
}

/// Not a number where the mapping is not defined there.
KernelScale cell_at_centre(const Mosaic &mosaic, const OGRSpatialReference &from, const OGRSpatialReference &to)
{
    const auto &values = mosaic.geotransform();
    const double x = values[0] + values[1] * mosaic.width() / 2;
    const double y = values[3] + values[5] * mosaic.height() / 2;
    const double half_x = values[1] / 2;
    const double half_y = values[5] / 2;
    std::array<double, 4> to_x{x - half_x, x + half_x, x, x};
    std::array<double, 4> to_y{y, y, y - half_y, y + half_y};
    const bool done = transformation(from, to)->Transform(4, to_x.data(), to_y.data()) != 0;
    const auto length = [&](int first, int last)
    { return std::hypot(to_x.at(last) - to_x.at(first), to_y.at(last) - to_y.at(first)); };
    return done ? KernelScale{length(0, 1), length(2, 3)} : KernelScale{std::nan(""), std::nan("")};
}

} // namespace

KernelScale kernel_scale(const Mosaic &mosaic, const std::string &grid_crs, const stac::TileMatrix &matrix)
{
    const auto &values = mosaic.geotransform();
    const OGRSpatialReference from = spatial_reference(mosaic.crs_wkt());
    const OGRSpatialReference to = spatial_reference(grid_crs);
    if (same_crs(from, to))
    {
        return {values[1] / matrix.cell_size, -values[5] / matrix.cell_size};
    }
    const store::GdalErrors errors;
    const MappedExtent mapped({mosaic.width(), mosaic.height(), values}, from, to);
    const KernelScale cell =
        mapped.place() == MappedExtent::Place::Plain ? cell_at_centre(mosaic, from, to) : mapped.cell();
    const KernelScale scale{cell.x / matrix.cell_size, cell.y / matrix.cell_size};
    if (!std::isfinite(scale.x) || !std::isfinite(scale.y) || !(scale.x > 0) || !(scale.y > 0))
    {
        throw InputError("input: the centre of the mosaic does not lie where '" + std::string(to.GetName()) +
                         "' is defined; choose a grid that covers it");
    }
    return scale;
}

std::vector<stac::Bounds> SuggestedOutput::parts_on(const stac::TileMatrixSet &grid) const
{
    constexpr double kRounded = 0.5 + 1e-6; // pixels
    return parts_on_grid(grid, bounds, kRounded * cell_size);
}

SuggestedOutput suggested_output(const Mosaic &mosaic, const std::string &grid_crs)
{
    const store::GdalErrors errors;
    const OGRSpatialReference from = spatial_reference(mosaic.crs_wkt());
    const OGRSpatialReference to = spatial_reference(grid_crs);
    Extent extent{mosaic.width(), mosaic.height(), mosaic.geotransform()};
    const bool mercator = is_mercator(to);
    if (mercator && from.IsGeographic())
    {
        keep_mercator_rows(extent);
    }
    const MappedExtent mapped(extent, from, to);
    SuggestedOutput output =
        mapped.place() == MappedExtent::Place::Plain ? suggested_by_gdal(extent, from, to) : mapped.suggested();
    stac::Bounds &bounds = output.bounds;
    if (mercator)
    {
        const std::unique_ptr<OGRSpatialReference> geographic(to.CloneGeogCS());
        geographic->SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
        std::array<double, 2> x{0, 0};
        std::array<double, 2> y{-kMercatorLatitude, kMercatorLatitude};
        transformation(*geographic, to)->Transform(2, x.data(), y.data());
        bounds.min_y = std::max(bounds.min_y, y[0]);
        bounds.max_y = std::min(bounds.max_y, y[1]);
    }
    if (!std::isfinite(output.cell_size) || !(output.cell_size > 0) || !std::isfinite(bounds.min_x) ||
        !std::isfinite(bounds.min_y) || !std::isfinite(bounds.max_x) || !std::isfinite(bounds.max_y) || bounds.empty())
    {
        throw InputError(std::string("input: does not lie where '") + to.GetName() +
                         "' is defined; choose a grid that covers it");
    }
    return output;
}

} // namespace tiledir::raster
