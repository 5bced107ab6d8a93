#include "tools/engine/run/request_estimate.h"

#include "driver/raster/crs/spatial_reference.h"
#include "driver/store/gdal_errors.h"
#include "driver/store/network_path.h"
#include "tools/engine/making/kept_tiles.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

namespace tiledir::engine
{
namespace
{

constexpr std::int64_t kFilesOfAListing = 1000;

/// What is computed together.
BatchLimits squares(const ResolvedRecipe &resolved)
{
    return {pixels_together(resolved), {}};
}

/// Rows of blocks as they lie in a file: those of a row follow each other, so that one request gets them.
int rows_of_blocks(const raster::Mosaic &mosaic)
{
    constexpr int kUsual = 512;
    const store::GdalErrors errors;
    const auto file = mosaic.open_file(mosaic.sources().front().path);
    int width = kUsual;
    int height = kUsual;
    if (file)
    {
        file->GetRasterBand(1)->GetBlockSize(&width, &height);
    }
    constexpr std::int64_t kStripsAtOnce = 64; // strips are asked for together
    return height < kStripsAtOnce ? kStripsAtOnce : height;
}

/// Requests for what a window of the grid needs of an input.
std::int64_t gets_of(const raster::Mosaic &mosaic, const std::string &grid_crs, const stac::Bounds &bounds, int rows)
{
    const stac::Bounds there = raster::transform_bounds(bounds, raster::spatial_reference(grid_crs),
                                                        raster::spatial_reference(mosaic.crs_wkt()));
    const auto &place = mosaic.geotransform();
    const auto pixel = [](double distance, double cell)
    { return static_cast<std::int64_t>(std::floor(distance / cell)); };
    const std::int64_t left = pixel(there.min_x - place[0], place[1]);
    const std::int64_t right = pixel(there.max_x - place[0], place[1]);
    const std::int64_t top = pixel(there.max_y - place[3], place[5]);
    const std::int64_t bottom = pixel(there.min_y - place[3], place[5]);
    std::int64_t gets = 0;
    for (const std::size_t index : mosaic.sources_near({left, top, right - left + 1, bottom - top + 1}))
    {
        const raster::MosaicSource &source = mosaic.sources()[index];
        const double scale = source.height / source.rows;
        const double first = std::max(0.0, (static_cast<double>(top) - source.row) * scale);
        const double last = std::min(source.height - 1.0, (static_cast<double>(bottom) - source.row) * scale);
        gets += last < first ? 0 : pixel(last, rows) - pixel(first, rows) + 1;
    }
    return gets;
}

/// Inputs over a network, with their rows of blocks.
using RemoteInputs = std::map<std::string, int>;

RemoteInputs remote_inputs(const ResolvedRecipe &resolved)
{
    RemoteInputs inputs;
    for (const auto &[name, mosaic] : resolved.mosaics)
    {
        if (store::is_on_network(mosaic->sources().front().path))
        {
            inputs[name] = rows_of_blocks(*mosaic);
        }
    }
    return inputs;
}

/// Of the batches those at the beginning stand for all.
std::int64_t gets_of_batches(const ResolvedRecipe &resolved, const Plan &plan, const RemoteInputs &inputs)
{
    constexpr int kLookedAt = 500;
    int batches = 0;
    std::int64_t looked_at = 0;
    std::int64_t gets = 0;
    plan.for_each_batch(squares(resolved),
                        [&](const Batch &batch)
                        {
                            const stac::TileMatrix &matrix = resolved.matrix(batch.level);
                            const stac::Bounds bounds = matrix.bounds(
                                matrix.range_window(batch.tiles.bounding()).grown(resolved.process->pixel_buffer()));
                            for (const auto &[name, rows] : inputs)
                            {
                                gets += gets_of(*resolved.mosaics.at(name), resolved.grid.crs, bounds, rows);
                            }
                            looked_at += batch.tiles.count();
                            return ++batches < kLookedAt;
                        });
    const std::int64_t all = plan.computed_count();
    return looked_at == 0
               ? 0
               : std::llround(static_cast<double>(gets) * static_cast<double>(all) / static_cast<double>(looked_at));
}

std::int64_t gets_of_inputs(const ResolvedRecipe &resolved, const Plan &plan)
{
    constexpr std::int64_t kCache = 16 << 20; // GDAL's for what it reads over a network
    constexpr std::int64_t kAtOnce = 64 << 10;
    const RemoteInputs inputs = remote_inputs(resolved);
    std::int64_t headers = 0;
    std::int64_t bytes = 0;
    for (const auto &[name, rows] : inputs)
    {
        for (const InputFile &file : resolved.files.at(name))
        {
            ++headers;
            bytes += file.stamp.size;
        }
    }
    const std::int64_t gets = gets_of_batches(resolved, plan, inputs);
    return headers + (bytes > kCache ? gets : std::min(gets, headers + bytes / kAtOnce));
}

/// A listing for each thousand files of a folder.
std::int64_t lists_of_inputs(const ResolvedRecipe &resolved)
{
    std::map<std::string, std::int64_t> files;
    for (const auto &[name, mosaic] : resolved.mosaics)
    {
        for (const raster::MosaicSource &source : mosaic->sources())
        {
            if (store::is_on_network(source.path))
            {
                ++files[source.path.substr(0, source.path.find_last_of('/'))];
            }
        }
    }
    std::int64_t lists = 0;
    for (const auto &[folder, count] : files)
    {
        lists += (count + kFilesOfAListing - 1) / kFilesOfAListing;
    }
    return lists;
}

/// Tiles that are read for the overviews above the batches: what the run has made itself is at hand, as long as it is
/// not too much.
std::int64_t gets_of_tiles(const ResolvedRecipe &resolved, const Plan &plan, bool fresh)
{
    constexpr std::int64_t kUsualBytes = 32 << 10;
    int top = resolved.coarsest;
    plan.for_each_batch(squares(resolved),
                        [&](const Batch &batch)
                        {
                            top = batch.top;
                            return false;
                        });
    const bool are_kept =
        resolved.recipe.executor != "workers" &&
        plan.count_at(top) * kUsualBytes < static_cast<std::int64_t>(most_kept_bytes(resolved.recipe.output_path));
    std::int64_t gets = 0;
    for (int level = top - 1; level >= resolved.coarsest; --level)
    {
        constexpr std::int64_t kUnderOne = 4;
        const std::int64_t made = plan.count_at(level + 1);
        const std::int64_t others = std::max<std::int64_t>(0, kUnderOne * plan.count_at(level) - made);
        gets += (are_kept ? 0 : made) + (fresh ? 0 : others);
    }
    return gets;
}

} // namespace

Json estimated_requests(const ResolvedRecipe &resolved, const Plan &plan, bool fresh)
{
    const bool output = store::is_on_network(resolved.recipe.output_path);
    const std::int64_t lists = lists_of_inputs(resolved);
    if (!output && lists == 0)
    {
        return {};
    }
    constexpr std::int64_t kTilesOfAJournalFile = 500;
    constexpr std::int64_t kStatePuts = 14;
    constexpr std::int64_t kStateGets = 15;
    constexpr std::int64_t kStateLists = 6;
    const std::int64_t tiles = plan.count();
    const bool writes = output && tiles > 0;
    Json json;
    json["PUT"] = {{"tiles", output ? tiles : 0}, {"state", writes ? kStatePuts + tiles / kTilesOfAJournalFile : 0}};
    json["GET"] = {{"inputs", gets_of_inputs(resolved, plan)},
                   {"tiles", output ? gets_of_tiles(resolved, plan, fresh) : 0},
                   {"state", output ? kStateGets : 0}};
    json["LIST"] = lists + (output ? kStateLists : 0);
    return json;
}

} // namespace tiledir::engine
