#include "tools/engine/job/resolve.h"

#include "driver/raster/crs/grid_levels.h"
#include "driver/raster/crs/spatial_reference.h"
#include "driver/raster/pixels/data_type.h"
#include "driver/raster/tile/lossy_format.h"
#include "driver/store/local/local_files.h"
#include "driver/store/opening/open_store.h"
#include "driver/store/store.h"
#include "stac/error.h"
#include "stac/grid/level_range.h"
#include "tools/engine/job/files_behind.h"
#include "tools/engine/job/input_tiles.h"
#include "tools/engine/job/network_options.h"
#include "tools/engine/processes/elevations.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace tiledir::engine
{
namespace
{

void set_grid(Job &job)
{
    const Recipe &recipe = job.recipe;
    job.grid = labelled(recipe.source + ": grid.tile_matrix_set",
                        [&] { return raster::open_grid(recipe.tile_matrix_set, recipe.tile_size, recipe.metatile); });
}

void set_levels(Job &job)
{
    if (job.recipe.levels == "auto")
    {
        job.finest = raster::level_not_coarser(job.grid, job.cell_size);
        job.coarsest = raster::level_of_one_tile(job.grid, job.finest, job.data_bounds);
        return;
    }
    const stac::LevelRange range =
        labelled(job.recipe.source + ": levels", [&] { return stac::level_range(job.grid, job.recipe.levels); });
    job.coarsest = range.coarsest;
    job.finest = range.finest;
}

std::string show(const stac::Bounds &bounds)
{
    return fmt::format("[{:.6g}, {:.6g}, {:.6g}, {:.6g}]", bounds.min_x, bounds.min_y, bounds.max_x, bounds.max_y);
}

/// The inputs' bounds in degrees, for a message.
std::string where_the_inputs_are(const Job &job)
{
    stac::Bounds all;
    for (const auto &[name, mosaic] : job.mosaics)
    {
        const auto crs = raster::spatial_reference(mosaic->crs_wkt());
        const stac::Bounds bounds = mosaic->bounds();
        all = all.united(crs.IsGeographic()
                             ? bounds
                             : raster::transform_bounds(bounds, crs, raster::spatial_reference("OGC:CRS84")));
    }
    return show(all);
}

void set_selection(Job &job)
{
    const stac::TileMatrix &base = job.matrix(job.finest);
    const stac::TileRange data = base.tiles_covering(job.data_bounds);
    if (data.empty())
    {
        throw InputError(fmt::format("{}: input: lies outside of {}", job.recipe.source, job.grid.id));
    }
    if (!job.recipe.region)
    {
        job.selection = tiles_of_files(job, data);
        return;
    }
    const RegionRecipe &region = *job.recipe.region;
    labelled(job.recipe.source,
             [&]
             {
                 const stac::TileSet wanted = region_tiles(region, job.grid, job.finest, data);
                 job.selection = tiles_of_files(job, wanted.bounding()).common(wanted);
             });
    if (job.selection.empty())
    {
        throw InputError(fmt::format("{}: {} lies outside of the inputs, which cover {} (CRS84)", job.recipe.source,
                                     region.text(), where_the_inputs_are(job)));
    }
}

/// Threads that look at files over a network.
constexpr int kRemoteReaders = 16;

/// Patterns give way to the files that they stand for, in the document too: what is there later is not what was read.
void expand_patterns(Job &job, const std::string &name)
{
    InputRecipe &input = job.recipe.inputs.at(name);
    Json &written = job.recipe.document["input"][name]["path"];
    std::vector<std::string> paths;
    Json document = Json::array();
    for (std::size_t i = 0; i < input.paths.size(); ++i)
    {
        for (std::string &found : expand_pattern(input.paths[i]))
        {
            document.push_back(found == input.paths[i] ? written.at(i) : Json(job.recipe.secrets.with_names(found)));
            paths.push_back(std::move(found));
        }
    }
    input.paths = std::move(paths);
    written = std::move(document);
}

/// For files that are coarser than the finest, or on another lattice: of the kernels for two axes the one that is most
/// like the input's.
raster::Resampling lattice_kernel(raster::Resampling resampling)
{
    switch (resampling)
    {
    case raster::Resampling::Nearest:
    case raster::Resampling::Mode:
        return raster::Resampling::Nearest;
    case raster::Resampling::Cubic:
    case raster::Resampling::CubicSpline:
    case raster::Resampling::Lanczos:
        return raster::Resampling::Cubic;
    default:
        return raster::Resampling::Bilinear;
    }
}

std::shared_ptr<const raster::Mosaic> open_input(Job &job, const std::string &name, const KnownFiles &known)
{
    const InputRecipe &input = job.recipe.inputs.at(name);
    try
    {
        expand_patterns(job, name);
        const bool remote = input.paths.front().rfind("/vsi", 0) == 0;
        std::vector<InputFile> &files = job.files[name];
        files = read_input_files(input.paths, known, remote ? kRemoteReaders : job.recipe.threads, job.recipe.secrets);
        std::vector<raster::MosaicFile> list;
        list.reserve(files.size());
        for (const InputFile &file : files)
        {
            list.push_back(file.file);
            list.back().resampling = lattice_kernel(input.resampling);
        }
        if (process_kind(job.recipe.process).reads_elevations)
        {
            make_elevations(list);
        }
        else
        {
            check_same_values(list);
        }
        return std::make_shared<const raster::Mosaic>(raster::Mosaic::of(list, input.nodata));
    }
    catch (InputError &error)
    {
        error.under(fmt::format("{}: input.{}", job.recipe.source, name));
        throw;
    }
}

void open_inputs(Job &job)
{
    const KnownFiles known(*store::open_store(job.recipe.output_path));
    bool first = true;
    for (const auto &[name, input] : job.recipe.inputs)
    {
        job.mosaics[name] = open_input(job, name, known);
        const auto suggested = raster::suggested_output(*job.mosaics[name], job.grid.crs);
        job.cell_size = first ? suggested.cell_size : std::min(job.cell_size, suggested.cell_size);
        for (const stac::Bounds &part : suggested.parts_on(job.grid))
        {
            job.data_bounds = job.data_bounds.united(part);
            job.data_parts.push_back(part);
        }
        first = false;
    }
}

/// Levels at which the inputs are read: all with overviews from the process, else the base.
void set_scales(Job &job)
{
    job.scales.clear();
    for (const auto &[name, input] : job.recipe.inputs)
    {
        for (int level = job.recipe.overviews_from_process ? job.coarsest : job.finest; level <= job.finest; ++level)
        {
            const auto saved = input.scales.find(job.matrix(level).id);
            job.scales[name][level] =
                saved != input.scales.end()
                    ? saved->second
                    : raster::kernel_scale(*job.mosaics.at(name), job.grid.crs, job.matrix(level));
        }
    }
}

void set_format(Job &job)
{
    const Recipe &recipe = job.recipe;
    const ProcessOutput output = job.process->output();
    const stac::TileMatrix &base = job.matrix(job.finest);
    raster::TileFormat &format = job.format;
    format.driver = recipe.format;
    format.options = recipe.format_options;
    format.crs_wkt = raster::wkt1(raster::spatial_reference(job.grid.crs));
    format.width = base.tile_width;
    format.height = base.tile_height;
    format.bands = output.bands;
    format.type = recipe.data_type ? GDALGetDataTypeByName(recipe.data_type->c_str()) : output.type;
    const double nodata = recipe.nodata.value_or(output.nodata);
    format.nodata = nodata;
    const auto refuse = [&](const std::string &what) { throw InputError(recipe.source, "output." + what); };
    if (!raster::holds(format.type, output.lowest) || !raster::holds(format.type, output.highest))
    {
        refuse(fmt::format("data_type: {} does not hold the values of {}, {} to {}", GDALGetDataTypeName(format.type),
                           recipe.process, output.lowest, output.highest));
    }
    if (!format.nodata->fits(format.type))
    {
        refuse(fmt::format("nodata: {} is no value of {}", nodata, GDALGetDataTypeName(format.type)));
    }
    if (nodata >= output.lowest && nodata <= output.highest)
    {
        refuse(fmt::format("nodata: {} is a value that {} makes ({} to {}); {} is not", nodata, recipe.process,
                           output.lowest, output.highest, output.nodata));
    }
    try
    {
        raster::check_format(format);
    }
    catch (const InputError &error)
    {
        refuse(error.what());
    }
    if (const std::string blur = raster::blurred_nodata(format); !blur.empty())
    {
        spdlog::warn("event=lossy_nodata reason=\"{}\"", blur);
    }
    job.tile_path = tile_path_of(format.driver);
}

/// Is a name that of a tile of the output, of its item or of its folder, in whatever file system it is spelled?
bool is_of_the_output(const Job &job, const std::string &name, const std::string &folder)
{
    const auto found = name.rfind(folder);
    constexpr const char *kBeforePaths = "/,:\"{";
    const bool is_path =
        found == 0 || (found != std::string::npos && std::strchr(kBeforePaths, name[found - 1]) != nullptr);
    if (!is_path)
    {
        return false;
    }
    const std::string rest = name.substr(found + folder.size());
    const std::string key = rest.substr(std::min(rest.size(), rest.find_first_not_of('/')));
    const auto &matrices = job.grid.matrices;
    const auto has_tile = [&](const stac::TileMatrix &matrix)
    { return job.tile_path.tile_of(key, matrix).has_value(); };
    return key.empty() ||
           (rest.front() == '/' && (key == "stac.json" || std::any_of(matrices.begin(), matrices.end(), has_tile)));
}

/// A run would write over what it reads, whatever links and VRTs lead there.
void refuse_tiles_of_the_output(const Job &job)
{
    const std::string folder = store::canonical_path(job.recipe.output_path);
    for (const auto &[name, files] : job.files)
    {
        for (const InputFile &file : files)
        {
            for (const std::string &behind : files_behind(file.file.path))
            {
                if (is_of_the_output(job, behind, folder))
                {
                    throw InputError(fmt::format("{}: input.{}: {} is {} tile of the output, {}; choose another output",
                                                 job.recipe.source, name, file.file.path,
                                                 behind == store::canonical_path(file.file.path) ? "a" : "made of a",
                                                 job.recipe.output_path));
                }
            }
        }
    }
}

/// Everything that resolve() found out, said in the recipe's own keys.
void set_document(Job &job)
{
    Json &document = job.document;
    document = job.recipe.document;
    document["levels"] = stac::level_range_text(job.grid, {job.coarsest, job.finest});
    for (const auto &[name, scales] : job.scales)
    {
        Json &saved = document["input"][name]["scales"];
        saved = Json::object();
        for (const auto &[level, scale] : scales)
        {
            saved[job.matrix(level).id] = {scale.x, scale.y};
        }
    }
    if (document["grid"]["tile_size"].is_null())
    {
        document["grid"]["tile_size"] = job.format.width / job.recipe.metatile;
    }
    document["overviews"]["resampling"] = raster::name(job.overview_resampling);
    document["output"]["data_type"] = GDALGetDataTypeName(job.format.type);
    document["output"]["nodata"] = job.format.nodata->is_nan() ? Json("nan") : Json(job.format.nodata->number());
}

/// All that follows from grid, inputs and recipe.
void complete(Job &job)
{
    set_levels(job);
    set_scales(job);
    job.process = process_kind(job.recipe.process).make({job.recipe.parameters, job.grid.crs, job.mosaics});
    job.process_output = job.process->output();
    set_selection(job);
    set_format(job);
    refuse_tiles_of_the_output(job);
    if (!job.recipe.overview_resampling.empty())
    {
        job.overview_resampling = raster::resampling_from_name(job.recipe.overview_resampling);
    }
    set_document(job);
}

} // namespace

stac::HrefTemplate tile_path_of(const std::string &format)
{
    return stac::HrefTemplate("{TileMatrix}/{TileRow}/{TileCol}." + raster::format_extension(format));
}

std::string Job::name(int level, std::int64_t row, std::int64_t col) const
{
    return fmt::format("{}/{}/{}", matrix(level).id, row, col);
}

std::shared_ptr<const Job> resolve(Recipe recipe)
{
    auto job = std::make_shared<Job>();
    job->recipe = std::move(recipe);
    prepare_network();
    apply_gdal_options(job->recipe);
    set_grid(*job);
    open_inputs(*job);
    complete(*job);
    return job;
}

std::shared_ptr<const Job> with_coarsest(const Job &job, int coarsest)
{
    auto changed = std::make_shared<Job>(job);
    changed->coarsest = coarsest;
    set_scales(*changed);
    set_document(*changed);
    return changed;
}

std::shared_ptr<const Job> as_saved(const std::shared_ptr<const Job> &job, const Json &saved)
{
    auto changed = std::make_shared<Job>(*job);
    bool same = true;
    const auto levels = stac::find_level_range(job->grid, saved["levels"].get<std::string>());
    if (job->recipe.levels == "auto" && levels && levels->finest != job->finest)
    {
        const int coarsest = raster::level_of_one_tile(job->grid, levels->finest, job->data_bounds);
        changed->recipe.levels = stac::level_range_text(job->grid, {coarsest, levels->finest});
        same = false;
    }
    for (auto &[name, input] : changed->recipe.inputs)
    {
        const Json known = saved["input"].value(name, Json::object()).value("scales", Json());
        for (const auto &[id, scale] : kernel_scales(known, "input." + name))
        {
            input.scales.emplace(id, scale);
            const auto level = job->grid.index_of(id);
            const auto now = job->scales.at(name).find(level.value_or(-1));
            same =
                same && (now == job->scales.at(name).end() || (now->second.x == scale.x && now->second.y == scale.y));
        }
    }
    if (same)
    {
        return job;
    }
    complete(*changed);
    return changed;
}

std::shared_ptr<const Job> with_region_of(const std::shared_ptr<const Job> &job, const Json &saved)
{
    auto changed = std::make_shared<Job>(*job);
    for (const char *key : {"bounds", "bounds_crs", "region"})
    {
        changed->document[key] = saved.value(key, Json());
    }
    return changed;
}

std::shared_ptr<const Job> with_more_tiles(const std::shared_ptr<const Job> &job, const stac::LevelSets &tiles)
{
    auto changed = std::make_shared<Job>(*job);
    changed->more_tiles.insert(tiles);
    return changed;
}

} // namespace tiledir::engine
