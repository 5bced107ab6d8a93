#include "driver/creating/copy_plan.h"

#include "driver/raster/crs/grid_levels.h"
#include "driver/raster/crs/spatial_reference.h"
#include "driver/raster/pyramid/grid_reader.h"
#include "driver/raster/tile/known_formats.h"
#include "stac/error.h"
#include "stac/grid/level_range.h"

#include <cpl_conv.h>
#include <ogr_spatialref.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

namespace tiledir::driver
{

namespace
{

/// Coarsest and finest level. `coarsest` and `finest` are what auto means.
void set_levels(raster::Pyramid &pyramid, const std::string &text, int coarsest, int finest)
{
    pyramid.coarsest = coarsest;
    pyramid.finest = finest;
    if (EQUAL(text.c_str(), "auto"))
    {
        return;
    }
    const stac::LevelRange range =
        labelled("creation option LEVELS", [&] { return stac::level_range(pyramid.grid, text); });
    pyramid.coarsest = range.coarsest;
    pyramid.finest = range.finest;
}

/// Nullopt where it is none of the type, or of its range.
std::optional<raster::NodataValue> nodata_of_text(const std::string &text, GDALDataType type)
{
    const auto whole = [&text](auto value) -> std::optional<raster::NodataValue>
    {
        const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (failure != std::errc() || end != text.data() + text.size())
        {
            return std::nullopt;
        }
        return raster::NodataValue(static_cast<double>(value), static_cast<std::int64_t>(value));
    };
    const auto exact = type == GDT_Int64    ? whole(std::int64_t{0})
                       : type == GDT_UInt64 ? whole(std::uint64_t{0})
                                            : std::nullopt;
    if (exact)
    {
        return exact;
    }
    char *end = nullptr;
    const raster::NodataValue number(CPLStrtod(text.c_str(), &end));
    const bool fits = number.fits(type) || type == GDT_Float32;
    return end != text.c_str() && *end == '\0' && fits ? std::optional(number) : std::nullopt;
}

std::optional<raster::NodataValue> nodata_for(const raster::SourcePixels &pixels, const CreationOptions &options,
                                              bool alpha)
{
    std::optional<raster::NodataValue> nodata = pixels.nodata;
    const GDALDataType type = pixels.type;
    if (!options.nodata.empty())
    {
        nodata = nodata_of_text(options.nodata, type);
        if (!nodata)
        {
            throw InputError("creation option NODATA: is '" + options.nodata + "', should be a value of " +
                             GDALGetDataTypeName(type));
        }
        if (alpha)
        {
            throw InputError("creation option NODATA: the source has an alpha band, which says where data is");
        }
    }
    if (nodata && type == GDT_Float32 && std::isfinite(nodata->number()))
    {
        nodata = static_cast<double>(static_cast<float>(nodata->number()));
    }
    // No pixel can have it.
    return nodata && nodata->fits(type) ? nodata : std::nullopt;
}

/// Where neither nodata nor alpha say where data is: a mask, or alpha in formats that have no masks.
void add_opacity(raster::TileFormat &format, bool source_has_mask, std::vector<std::string> &losses)
{
    const raster::KnownFormat known = raster::known_format(format.driver);
    if (known.has_masks)
    {
        format.mask = true;
    }
    else if (!format.colors && known.can_add_opacity(format.bands))
    {
        format.alpha = true;
        ++format.bands;
    }
    else if (source_has_mask)
    {
        losses.push_back("the mask: " + format.driver + " tiles hold none");
    }
}

void set_format(CopyPlan &plan, const raster::SourcePixels &pixels, const CreationOptions &options, bool has_margin)
{
    raster::TileFormat &format = plan.pyramid.format;
    const stac::TileMatrix &base = plan.pyramid.matrix(plan.pyramid.finest);
    format.driver = options.format;
    format.options = options.format_options;
    format.crs_wkt =
        raster::is_nowhere(plan.pyramid.grid) ? "" : raster::wkt1(raster::spatial_reference(plan.pyramid.grid.crs));
    format.width = base.tile_width;
    format.height = base.tile_height;
    format.type = pixels.type;
    format.bands = pixels.bands;
    format.alpha = pixels.alpha;
    format.colors = pixels.colors;
    format.nodata = nodata_for(pixels, options, pixels.alpha);
    if (!format.nodata && !format.alpha && (pixels.mask || has_margin))
    {
        add_opacity(format, pixels.mask, plan.losses);
    }
    if (pixels.mixed_nodata && options.nodata.empty())
    {
        plan.losses.emplace_back("nodata of bands that differs from the first one's: all tiles have that one's");
    }
    labelled("creation option FORMAT", [&] { raster::check_format(format); });
}

/// Whether tiles of a level reach beyond the raster, of which a coarser one has half of the pixels, rounded up.
bool reaches_beyond(const raster::Pyramid &pyramid, int width, int height)
{
    for (int level = pyramid.finest; level >= pyramid.coarsest; --level)
    {
        if (!(pyramid.matrix(level).window() == stac::PixelWindow{0, 0, width, height}))
        {
            return true;
        }
        width = (width + 1) / 2;
        height = (height + 1) / 2;
    }
    return false;
}

void plan_native(CopyPlan &plan, const raster::SourceRaster &source, const CreationOptions &options)
{
    raster::Pyramid &pyramid = plan.pyramid;
    GDALDataset &dataset = source.dataset();
    pyramid.grid = raster::native_grid(dataset, options.tile_size.value_or(kDefaultTileSize), options.metatile);
    const int finest = static_cast<int>(pyramid.grid.matrices.size()) - 1;
    set_levels(pyramid, options.levels, 0, finest);
    if (pyramid.finest != finest)
    {
        throw InputError("creation option LEVELS: is '" + options.levels +
                         "', should end with the pixels of the source, " + pyramid.matrix(finest).id +
                         " of its own grid; GRID names another");
    }
    const stac::TileMatrix &base = pyramid.matrix(finest);
    const stac::PixelWindow raster{0, 0, dataset.GetRasterXSize(), dataset.GetRasterYSize()};
    plan.base = base.range();
    plan.extent = raster; // also of whole tiles: the copy keeps its size, whichever of them are emptied later
    plan.data_bounds = base.bounds(raster);
    const raster::SourcePixels pixels = raster::SourcePixels::of(dataset);
    set_format(plan, pixels, options, reaches_beyond(pyramid, dataset.GetRasterXSize(), dataset.GetRasterYSize()));
    plan.by_whole_rows = source.by_whole_rows();
    plan.open = [&source, pixels](const raster::TilePyramid &tiles)
    { return raster::open_native_reader(source, pixels, tiles); };
}

stac::TileMatrixSet chosen_grid(const CreationOptions &options)
{
    return labelled("creation option GRID",
                    [&]
                    {
                        return options.tile_size || options.metatile != 1
                                   ? raster::open_grid(options.grid, options.tile_size, options.metatile)
                                   : raster::named_grid(options.grid);
                    });
}

/// All tiles of a dataset have one size.
void check_tile_sizes(const raster::Pyramid &pyramid)
{
    const stac::TileMatrix &base = pyramid.matrix(pyramid.finest);
    for (int level = pyramid.coarsest; level < pyramid.finest; ++level)
    {
        const stac::TileMatrix &matrix = pyramid.matrix(level);
        if (matrix.tile_width != base.tile_width || matrix.tile_height != base.tile_height)
        {
            throw InputError("creation option GRID: the tiles of " + pyramid.grid.id + " differ in size, those of " +
                             matrix.id + " from those of " + base.id + "; LEVELS=" + base.id + " copies to one level");
        }
    }
}

void plan_warped(CopyPlan &plan, const raster::SourceRaster &source, const CreationOptions &options)
{
    raster::Pyramid &pyramid = plan.pyramid;
    pyramid.grid = chosen_grid(options);
    raster::SourcePixels pixels = raster::SourcePixels::of(source.dataset());
    const auto warped = std::make_shared<const raster::WarpedRaster>(source, pixels, pyramid.grid.crs);
    plan.data_parts = warped->suggested().parts_on(pyramid.grid);
    for (const stac::Bounds &part : plan.data_parts)
    {
        plan.data_bounds = plan.data_bounds.united(part);
    }
    const int finest = raster::nearest_level(pyramid.grid, warped->suggested().cell_size);
    set_levels(pyramid, options.levels, raster::level_of_one_tile(pyramid.grid, finest, plan.data_bounds), finest);
    check_tile_sizes(pyramid);
    const stac::TileMatrix &base = pyramid.matrix(pyramid.finest);
    plan.base = base.tiles_covering(plan.data_bounds);
    if (plan.base.empty())
    {
        throw InputError("creation option GRID: the source lies outside of " + pyramid.grid.id);
    }
    // What numbers can say needs no mask.
    if (GDALDataTypeIsFloating(pixels.type) && !GDALDataTypeIsComplex(pixels.type) && !pixels.nodata && !pixels.alpha &&
        !pixels.mask)
    {
        pixels.nodata = std::numeric_limits<double>::quiet_NaN();
    }
    set_format(plan, pixels, options, true);
    const raster::Resampling resampling =
        options.resampling.value_or(pixels.colors ? raster::Resampling::Nearest : raster::Resampling::Cubic);
    plan.by_whole_rows = source.by_whole_rows();
    plan.open = [warped, resampling](const raster::TilePyramid &tiles) { return warped->open(tiles, resampling); };
}

} // namespace

CopyPlan plan_copy(const raster::SourceRaster &source, const CreationOptions &options)
{
    CopyPlan plan;
    if (options.is_native())
    {
        plan_native(plan, source, options);
    }
    else
    {
        plan_warped(plan, source, options);
    }
    raster::Pyramid &pyramid = plan.pyramid;
    pyramid.overview_resampling = options.overview_resampling.value_or(
        pyramid.format.colors ? raster::Resampling::Nearest : raster::Resampling::Average);
    pyramid.tile_path =
        stac::HrefTemplate(!options.tile_path.empty()
                               ? options.tile_path
                               : "{TileMatrix}/{TileRow}/{TileCol}." + raster::format_extension(pyramid.format.driver));
    return plan;
}

} // namespace tiledir::driver
