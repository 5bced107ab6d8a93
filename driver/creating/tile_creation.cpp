#include "driver/creating/tile_creation.h"

#include "driver/creating/copy_plan.h"
#include "driver/creating/created_item.h"
#include "driver/creating/creation_options.h"
#include "driver/creating/creation_target.h"
#include "driver/files/copy_sources.h"
#include "driver/files/successor.h"
#include "driver/journal/intent.h"
#include "driver/journal/output_layout.h"
#include "driver/raster/crs/globe.h"
#include "driver/raster/pyramid/pyramid_builder.h"
#include "driver/raster/tile/lossy_format.h"
#include "driver/raster/upkeep/base_statistics.h"
#include "driver/store/gdal_edge.h"
#include "driver/store/opening/open_store.h"
#include "driver/store/store.h"
#include "stac/json/json_document.h"

#include <gdal_rat.h>

#include <memory>
#include <string>
#include <vector>

namespace tiledir::driver
{

namespace
{

/// What no directory of tiles holds: an error if the caller is strict.
void refuse_losses(GDALDataset &source, std::vector<std::string> losses, bool strict)
{
    if (source.GetGCPCount() > 0)
    {
        losses.emplace_back("ground control points: gdalwarp makes a georeferenced raster of them");
    }
    for (int band = 1; band <= source.GetRasterCount(); ++band)
    {
        const GDALRasterAttributeTable *table = source.GetRasterBand(band)->GetDefaultRAT();
        if (table != nullptr && table->GetRowCount() > 0)
        {
            losses.push_back("the raster attribute table of band " + std::to_string(band));
        }
    }
    for (const std::string &loss : losses)
    {
        const std::string message = "TileDir: does not keep " + loss;
        if (strict)
        {
            throw InputError(message);
        }
        warn(message);
    }
}

void refuse_overwriting_source(GDALDataset &source, const std::string &folder)
{
    const std::string file = CopySources(source).in_folder(folder);
    if (!file.empty())
    {
        throw InputError(folder, "is what is to be copied (" + file + "); name another folder");
    }
}

std::unique_ptr<GDALDataset> opened(const std::string &folder)
{
    const char *const drivers[] = {"TileDir", nullptr};
    auto dataset = std::unique_ptr<GDALDataset>(
        GDALDataset::Open(folder.c_str(), GDAL_OF_RASTER | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR, drivers));
    if (!dataset)
    {
        throw TileError(folder, "was written and does not open");
    }
    return dataset;
}

/// What the item does not hold goes beside it.
void copy_metadata(GDALDataset &source, GDALDataset &copy)
{
    const auto copy_items = [](GDALMajorObject &from, GDALMajorObject &to)
    {
        CSLConstList items = from.GetMetadata();
        for (CSLConstList item = items; item != nullptr && *item != nullptr; ++item)
        {
            char *key = nullptr;
            const char *value = CPLParseNameValue(*item, &key);
            if (key != nullptr && value != nullptr && to.GetMetadataItem(key) == nullptr &&
                !STARTS_WITH_CI(key, "STATISTICS_") && !EQUAL(key, GDALMD_AREA_OR_POINT))
            {
                to.SetMetadataItem(key, value);
            }
            CPLFree(key);
        }
    };
    copy_items(source, copy);
    for (int band = 1; band <= source.GetRasterCount() && band <= copy.GetRasterCount(); ++band)
    {
        copy_items(*source.GetRasterBand(band), *copy.GetRasterBand(band));
        if (char **categories = source.GetRasterBand(band)->GetCategoryNames())
        {
            copy.GetRasterBand(band)->SetCategoryNames(categories);
        }
    }
}

/// Of tiles that nobody else knows of yet.
void tell_statistics(const raster::TilePyramid &tiles, const CopyPlan &plan, int threads, stac::TiledAssetsItem &item)
{
    raster::StatisticsSettings settings;
    settings.threads = threads;
    const stac::TileMatrix &base = plan.pyramid.matrix(plan.pyramid.finest);
    const auto statistics =
        raster::base_statistics(tiles, plan.extent.value_or(base.range_window(plan.base)), settings);
    for (std::size_t band = 0; band < statistics.size(); ++band)
    {
        item.assets.front().bands.at(band).statistics = statistics[band];
    }
}

std::unique_ptr<GDALDataset> copied(const std::string &name, GDALDataset &dataset, bool strict, CSLConstList options,
                                    GDALProgressFunc progress, void *progress_data)
{
    const CreationOptions chosen = CreationOptions::from(options);
    const raster::SourceRaster source(dataset);
    const CopyPlan plan = plan_copy(source, chosen);
    refuse_losses(dataset, plan.losses, strict);
    if (const std::string blur = raster::blurred_nodata(plan.pyramid.format); !blur.empty())
    {
        warn("TileDir: " + blur);
    }
    CreationTarget target(name);
    if (target.was_there())
    {
        refuse_overwriting_source(dataset, target.folder());
    }
    target.make();
    const auto store = store::open_store(target.place());
    journal::Intent intent(*store);
    intent.creates(plan.pyramid.tile_path.text());
    intent.add(plan.pyramid.matrix(plan.pyramid.finest).id, stac::TileSet(plan.base));
    const raster::TilePyramid tiles(plan.pyramid, *store);
    raster::BuildSettings settings;
    settings.open = [&] { return plan.open(tiles); };
    settings.base = plan.base;
    settings.threads = chosen.threads;
    settings.sparse = chosen.sparse;
    settings.prototype = true;
    settings.by_whole_rows = plan.by_whole_rows;
    settings.go_on = raster::asking(progress, progress_data);
    raster::build_pyramid(tiles, settings);
    stac::TiledAssetsItem item = created_item(plan.pyramid, described_bands(dataset, plan.pyramid.format), plan.base,
                                              plan.data_bounds, plan.extent, chosen, target.name());
    if (plan.data_parts.size() > 1)
    {
        item.bbox = raster::common_bbox(plan.data_parts, plan.data_bounds, plan.pyramid.grid.crs);
    }
    if (chosen.statistics)
    {
        tell_statistics(tiles, plan, chosen.threads, item);
    }
    store->write_at_sync(journal::kItemKey, stac::text_of_json(item.to_json(), 2) + "\n");
    store->sync(); // tiles, and then the item's name
    store->sync();
    auto copy = opened(target.place());
    copy_metadata(dataset, *copy);
    copy->FlushCache(false);
    if (target.place() == target.folder())
    {
        target.keep();
        intent.finish();
        return copy;
    }
    copy.reset();
    intent.finish();
    put_in_place(target.folder(), {plan.pyramid.tile_path.text(), plan.pyramid.matrix(plan.pyramid.finest).id,
                                   stac::TileSet(plan.base)});
    target.keep();
    return opened(target.folder());
}

} // namespace

GDALDataset *create_copy(const char *name, GDALDataset *source, int strict, store::StringList options,
                         GDALProgressFunc progress, void *progress_data) noexcept
{
    return at_gdal_edge<GDALDataset *>(
        nullptr,
        [&]() -> GDALDataset *
        {
            try
            {
                return copied(name, *source, strict != 0, options, progress, progress_data).release();
            }
            catch (const Interrupted &)
            {
                CPLError(CE_Failure, CPLE_UserInterrupt, "%s: interrupted", one_line(name).c_str());
                return nullptr;
            }
        });
}

} // namespace tiledir::driver
