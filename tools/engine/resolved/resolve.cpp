#include "tools/engine/resolved/resolve.h"

#include "driver/raster/crs/grid_levels.h"
#include "driver/raster/crs/spatial_reference.h"
#include "driver/raster/pixels/data_type.h"
#include "driver/raster/tile/lossy_format.h"
#include "driver/store/local/local_files.h"
#include "driver/store/opening/open_store.h"
#include "stac/error.h"
#include "stac/grid/level_range.h"
#include "tools/engine/processes/terrain/elevations.h"
#include "tools/engine/resolved/files_behind.h"
#include "tools/engine/resolved/input_tiles.h"
#include "tools/engine/resolved/network_options.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace tiledir::engine
{
namespace
{

void set_grid(ResolvedRecipe &resolved)
{
    const Recipe &recipe = resolved.recipe;
    resolved.grid = labelled(recipe.source + ": grid.tile_matrix_set", [&]
                             { return raster::open_grid(recipe.tile_matrix_set, recipe.tile_size, recipe.metatile); });
}

void set_levels(ResolvedRecipe &resolved)
{
    if (resolved.recipe.levels == "auto")
    {
        resolved.finest = raster::level_not_coarser(resolved.grid, resolved.cell_size);
        resolved.coarsest = raster::level_of_one_tile(resolved.grid, resolved.finest, resolved.data_bounds);
        return;
    }
    const stac::LevelRange range = labelled(resolved.recipe.source + ": levels",
                                            [&] { return stac::level_range(resolved.grid, resolved.recipe.levels); });
    resolved.coarsest = range.coarsest;
    resolved.finest = range.finest;
}

std::string show(const stac::Bounds &bounds)
{
    return fmt::format("[{:.6g}, {:.6g}, {:.6g}, {:.6g}]", bounds.min_x, bounds.min_y, bounds.max_x, bounds.max_y);
}

/// The inputs' bounds in degrees, for a message.
std::string where_the_inputs_are(const ResolvedRecipe &resolved)
{
    stac::Bounds all;
    for (const auto &[name, mosaic] : resolved.mosaics)
    {
        const auto crs = raster::spatial_reference(mosaic->crs_wkt());
        const stac::Bounds bounds = mosaic->bounds();
        all = all.united(crs.IsGeographic()
                             ? bounds
                             : raster::transform_bounds(bounds, crs, raster::spatial_reference("OGC:CRS84")));
    }
    return show(all);
}

void set_selection(ResolvedRecipe &resolved)
{
    const stac::TileMatrix &base = resolved.matrix(resolved.finest);
    const stac::TileRange data = base.tiles_covering(resolved.data_bounds);
    if (data.empty())
    {
        throw InputError(fmt::format("{}: input: lies outside of {}", resolved.recipe.source, resolved.grid.id));
    }
    if (!resolved.recipe.region)
    {
        resolved.selection = tiles_of_files(resolved, data);
        return;
    }
    const RegionRecipe &region = *resolved.recipe.region;
    labelled(resolved.recipe.source,
             [&]
             {
                 const stac::TileSet wanted = region_tiles(region, resolved.grid, resolved.finest, data);
                 resolved.selection = tiles_of_files(resolved, wanted.bounding()).common(wanted);
             });
    if (resolved.selection.empty())
    {
        throw InputError(fmt::format("{}: {} lies outside of the inputs, which cover {} (CRS84)",
                                     resolved.recipe.source, region.text(), where_the_inputs_are(resolved)));
    }
}

/// Threads that look at files over a network.
constexpr int kRemoteReaders = 16;

/// Patterns give way to the files that they stand for, in the document too: what is there later is not what was read.
void expand_patterns(ResolvedRecipe &resolved, const std::string &name)
{
    InputRecipe &input = resolved.recipe.inputs.at(name);
    Json &written = resolved.recipe.document["input"][name]["path"];
    std::vector<std::string> paths;
    Json document = Json::array();
    for (std::size_t i = 0; i < input.paths.size(); ++i)
    {
        for (std::string &found : expand_pattern(input.paths[i]))
        {
            document.push_back(found == input.paths[i] ? written.at(i)
                                                       : Json(resolved.recipe.secrets.with_names(found)));
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

std::shared_ptr<const raster::Mosaic> open_input(ResolvedRecipe &resolved, const std::string &name,
                                                 const KnownFiles &known, const StopToken &stop)
{
    const InputRecipe &input = resolved.recipe.inputs.at(name);
    try
    {
        expand_patterns(resolved, name);
        const bool remote = input.paths.front().rfind("/vsi", 0) == 0;
        std::vector<InputFile> &files = resolved.files[name];
        files = read_input_files(input.paths, known, remote ? kRemoteReaders : resolved.recipe.threads,
                                 resolved.recipe.secrets, stop);
        std::vector<raster::MosaicFile> list;
        list.reserve(files.size());
        for (const InputFile &file : files)
        {
            list.push_back(file.file);
            list.back().resampling = lattice_kernel(input.resampling);
        }
        if (resolved.recipe.process->values_of(name) == InputValues::Elevations)
        {
            make_elevations(list);
        }
        else
        {
            check_same_values(list);
        }
        const raster::Mosaic mosaic = raster::Mosaic::of(list, input.nodata);
        return std::make_shared<const raster::Mosaic>(input.bands.empty() ? mosaic : mosaic.with_bands(input.bands));
    }
    catch (InputError &error)
    {
        error.under(fmt::format("{}: input.{}", resolved.recipe.source, name));
        throw;
    }
}

void open_inputs(ResolvedRecipe &resolved, const StopToken &stop)
{
    const KnownFiles known(*store::open_store(resolved.recipe.output_path));
    bool first = true;
    for (const auto &[name, input] : resolved.recipe.inputs)
    {
        resolved.mosaics[name] = open_input(resolved, name, known, stop);
        const auto suggested = raster::suggested_output(*resolved.mosaics[name], resolved.grid.crs);
        resolved.cell_size = first ? suggested.cell_size : std::min(resolved.cell_size, suggested.cell_size);
        for (const stac::Bounds &part : suggested.parts_on(resolved.grid))
        {
            resolved.data_bounds = resolved.data_bounds.united(part);
            resolved.data_parts.push_back(part);
        }
        first = false;
    }
}

/// Levels at which the inputs are read: all with overviews from the process, else the base.
void set_scales(ResolvedRecipe &resolved)
{
    resolved.scales.clear();
    for (const auto &[name, input] : resolved.recipe.inputs)
    {
        for (int level = resolved.recipe.overviews_from_process ? resolved.coarsest : resolved.finest;
             level <= resolved.finest; ++level)
        {
            const auto saved = input.scales.find(resolved.matrix(level).id);
            resolved.scales[name][level] =
                saved != input.scales.end()
                    ? saved->second
                    : raster::kernel_scale(*resolved.mosaics.at(name), resolved.grid.crs, resolved.matrix(level));
        }
    }
}

void set_format(ResolvedRecipe &resolved)
{
    const Recipe &recipe = resolved.recipe;
    const ProcessOutput output = resolved.process->output();
    const stac::TileMatrix &base = resolved.matrix(resolved.finest);
    raster::TileFormat &format = resolved.format;
    format.driver = recipe.format;
    format.options = recipe.format_options;
    format.crs_wkt = raster::wkt1(raster::spatial_reference(resolved.grid.crs));
    format.width = base.tile_width;
    format.height = base.tile_height;
    format.bands = output.bands();
    format.type = recipe.data_type ? GDALGetDataTypeByName(recipe.data_type->c_str()) : output.type;
    format.alpha = output.alpha;
    format.mask = recipe.mask;
    const double nodata = recipe.nodata.value_or(output.nodata);
    if (!output.alpha && !recipe.no_nodata)
    {
        format.nodata = nodata;
    }
    const auto refuse = [&](const std::string &what) { throw InputError(recipe.source, "output." + what); };
    const char *type_name = GDALGetDataTypeName(format.type);
    if (output.alpha && (recipe.mask || recipe.no_nodata || recipe.nodata || format.type != output.type))
    {
        refuse(fmt::format("nodata, mask and data_type: {} makes a band of opacity, in {}; they cannot be given",
                           recipe.process->name, GDALGetDataTypeName(output.type)));
    }
    if (const auto &range = output.range)
    {
        if (!raster::holds(format.type, range->lowest) || !raster::holds(format.type, range->highest))
        {
            refuse(fmt::format("data_type: {} does not hold the values of {}, {} to {}", type_name,
                               recipe.process->name, range->lowest, range->highest));
        }
        if (format.nodata && nodata >= range->lowest && nodata <= range->highest)
        {
            refuse(fmt::format("nodata: {} is a value that {} makes ({} to {}); {} is not", nodata,
                               recipe.process->name, range->lowest, range->highest, output.nodata));
        }
    }
    if (format.nodata && !format.nodata->fits(format.type))
    {
        refuse(fmt::format("nodata: {} is no value of {}; give one that is", nodata, type_name));
    }
    if (format.mask && recipe.nodata)
    {
        refuse("mask: beside a nodata value there is no mask; give nodata: none");
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
    resolved.tile_path = tile_path_of(format.driver);
}

/// Is a name that of a tile of the output, of its item or of its folder, in whatever file system it is spelled?
bool is_of_the_output(const ResolvedRecipe &resolved, const std::string &name, const std::string &folder)
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
    const auto &matrices = resolved.grid.matrices;
    const auto has_tile = [&](const stac::TileMatrix &matrix)
    { return resolved.tile_path.tile_of(key, matrix).has_value(); };
    return key.empty() ||
           (rest.front() == '/' && (key == "stac.json" || std::any_of(matrices.begin(), matrices.end(), has_tile)));
}

/// A run would write over what it reads, whatever links and VRTs lead there.
void refuse_tiles_of_the_output(const ResolvedRecipe &resolved)
{
    const std::string folder = store::canonical_path(resolved.recipe.output_path);
    for (const auto &[name, files] : resolved.files)
    {
        for (const InputFile &file : files)
        {
            for (const std::string &behind : files_behind(file.file.path))
            {
                if (is_of_the_output(resolved, behind, folder))
                {
                    throw InputError(fmt::format("{}: input.{}: {} is {} tile of the output, {}; choose another output",
                                                 resolved.recipe.source, name, file.file.path,
                                                 behind == store::canonical_path(file.file.path) ? "a" : "made of a",
                                                 resolved.recipe.output_path));
                }
            }
        }
    }
}

/// Everything that resolve() found out, said in the recipe's own keys.
void set_document(ResolvedRecipe &resolved)
{
    Json &document = resolved.document;
    document = resolved.recipe.document;
    document["levels"] = stac::level_range_text(resolved.grid, {resolved.coarsest, resolved.finest});
    for (const auto &[name, scales] : resolved.scales)
    {
        Json &saved = document["input"][name]["scales"];
        saved = Json::object();
        for (const auto &[level, scale] : scales)
        {
            saved[resolved.matrix(level).id] = {scale.x, scale.y};
        }
    }
    if (document["grid"]["tile_size"].is_null())
    {
        document["grid"]["tile_size"] = resolved.format.width / resolved.recipe.metatile;
    }
    document["overviews"]["resampling"] = raster::name(resolved.overview_resampling);
    document["output"]["data_type"] = GDALGetDataTypeName(resolved.format.type);
    const auto &nodata = resolved.format.nodata;
    if (!resolved.format.alpha)
    {
        document["output"]["nodata"] = !nodata ? Json("none") : nodata->is_nan() ? Json("nan") : Json(nodata->number());
    }
}

std::shared_ptr<const Process> make_process(const ResolvedRecipe &resolved)
{
    ProcessSetting setting{resolved.recipe.parameters, resolved.grid.crs, {}};
    for (const auto &[name, mosaic] : resolved.mosaics)
    {
        setting.inputs[name] = {mosaic->bands(), mosaic->type(), mosaic->unit(), mosaic};
    }
    return labelled(resolved.recipe.source, [&] { return resolved.recipe.process->make(setting); });
}

/// All that follows from grid, inputs and recipe.
void complete(ResolvedRecipe &resolved)
{
    set_levels(resolved);
    set_scales(resolved);
    resolved.process = make_process(resolved);
    resolved.process_output = resolved.process->output();
    set_selection(resolved);
    set_format(resolved);
    refuse_tiles_of_the_output(resolved);
    resolved.overview_resampling = resolved.recipe.overview_resampling.empty()
                                       ? resolved.process_output.overview_resampling
                                       : raster::resampling_from_name(resolved.recipe.overview_resampling);
    set_document(resolved);
}

} // namespace

std::shared_ptr<const ResolvedRecipe> resolve(Recipe recipe, const StopToken &stop)
{
    auto resolved = std::make_shared<ResolvedRecipe>();
    resolved->recipe = std::move(recipe);
    prepare_network();
    apply_gdal_options(resolved->recipe);
    set_grid(*resolved);
    open_inputs(*resolved, stop);
    complete(*resolved);
    return resolved;
}

std::shared_ptr<const ResolvedRecipe> with_coarsest(const ResolvedRecipe &resolved, int coarsest)
{
    auto changed = std::make_shared<ResolvedRecipe>(resolved);
    changed->coarsest = coarsest;
    set_scales(*changed);
    set_document(*changed);
    return changed;
}

std::shared_ptr<const ResolvedRecipe> as_saved(const std::shared_ptr<const ResolvedRecipe> &resolved, const Json &saved)
{
    auto changed = std::make_shared<ResolvedRecipe>(*resolved);
    bool same = true;
    const auto levels = stac::find_level_range(resolved->grid, saved["levels"].get<std::string>());
    if (resolved->recipe.levels == "auto" && levels && levels->finest != resolved->finest)
    {
        const int coarsest = raster::level_of_one_tile(resolved->grid, levels->finest, resolved->data_bounds);
        changed->recipe.levels = stac::level_range_text(resolved->grid, {coarsest, levels->finest});
        same = false;
    }
    for (auto &[name, input] : changed->recipe.inputs)
    {
        const Json known = saved["input"].value(name, Json::object()).value("scales", Json());
        for (const auto &[id, scale] : kernel_scales(known, "input." + name))
        {
            input.scales.emplace(id, scale);
            const auto level = resolved->grid.index_of(id);
            const auto now = resolved->scales.at(name).find(level.value_or(-1));
            same = same &&
                   (now == resolved->scales.at(name).end() || (now->second.x == scale.x && now->second.y == scale.y));
        }
    }
    if (same)
    {
        return resolved;
    }
    complete(*changed);
    return changed;
}

std::shared_ptr<const ResolvedRecipe> with_region_of(const std::shared_ptr<const ResolvedRecipe> &resolved,
                                                     const Json &saved)
{
    auto changed = std::make_shared<ResolvedRecipe>(*resolved);
    for (const char *key : {"bounds", "bounds_crs", "region"})
    {
        changed->document[key] = saved.value(key, Json());
    }
    return changed;
}

std::shared_ptr<const ResolvedRecipe> with_more_tiles(const std::shared_ptr<const ResolvedRecipe> &resolved,
                                                      const stac::LevelSets &tiles)
{
    auto changed = std::make_shared<ResolvedRecipe>(*resolved);
    changed->more_tiles.insert(tiles);
    return changed;
}

} // namespace tiledir::engine
