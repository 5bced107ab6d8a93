#include "tools/engine/recipe/recipe.h"

#include "driver/raster/tile/known_formats.h"
#include "driver/store/environment.h"
#include "stac/error.h"
#include "stac/json/json_document.h"
#include "stac/nearest_name.h"
#include "stac/utc_time.h"
#include "stac/utf8.h"
#include "tools/engine/host/memory.h"
#include "tools/engine/processes/process.h"
#include "tools/engine/processes/steps.h"
#include "tools/engine/recipe/recipe_places.h"
#include "tools/engine/recipe/recipe_process.h"
#include "tools/engine/schema/yaml_document.h"

#include <boost/filesystem.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>

namespace tiledir::engine
{
namespace
{

namespace fs = boost::filesystem;

YAML::Node parsed(const std::string &text, const std::string &file)
{
    if (!stac::begins_like_utf16(text))
    {
        std::size_t line = 0;
        for (std::size_t from = 0; from < text.size(); from = std::min(text.find('\n', from), text.size()) + 1)
        {
            ++line;
            if (!stac::is_utf8(text.substr(from, text.find('\n', from) - from)))
            {
                throw InputError(fmt::format("{}, line {}: is not in UTF-8, as YAML is", stac::as_utf8(file), line));
            }
        }
    }
    try
    {
        return yaml_document(text, file);
    }
    catch (const YAML::Exception &error)
    {
        throw InputError(fmt::format("{}, line {}: is not YAML: {}", file, error.mark.line + 1, error.msg));
    }
}

/// Sets "output.path" in a document whose "output" may be a scalar.
void override_key(YAML::Node document, const std::string &key_path, const std::string &text)
{
    YAML::Node value;
    const auto dot = key_path.find('.');
    const std::string flag = "--" + key_path.substr(0, dot);
    try
    {
        value = yaml_document(text, flag);
    }
    catch (const YAML::Exception &)
    {
        throw InputError(flag + ": '" + text + "' is not understood");
    }
    recipe_schema().check(key_path, value, flag);
    if (dot == std::string::npos)
    {
        document[key_path] = value;
        return;
    }
    const std::string outer = key_path.substr(0, dot);
    YAML::Node child = document[outer];
    if (child.IsDefined() && !child.IsMap() && !child.IsNull())
    {
        YAML::Node map(YAML::NodeType::Map);
        map[recipe_schema().key(outer).keys->keys().front().name] = child;
        document[outer] = map;
    }
    document[outer][key_path.substr(dot + 1)] = value;
}

std::optional<double> optional_number(const Json &json)
{
    if (json.is_null())
    {
        return std::nullopt;
    }
    return json == "nan" ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
}

/// Those that the process needs, and no others.
void check_inputs(const Recipe &recipe, const ProcessKind &kind)
{
    std::vector<std::string> given;
    for (const auto &[name, json] : recipe.document["input"].items())
    {
        given.push_back(name);
    }
    const auto has = [](const std::vector<std::string> &names, const std::string &name)
    { return std::find(names.begin(), names.end(), name) != names.end(); };
    const auto refuse = [&](const std::string &name, const std::string &why)
    { throw InputError(fmt::format("{}: input.{}: {}", recipe.source, name, why)); };
    if (has(given, kPrevious))
    {
        refuse(kPrevious, "is the name of what a step before has made; give it another one");
    }
    for (const std::string &name : kind.inputs)
    {
        if (!has(given, name))
        {
            const std::string near = stac::nearest_name(name, given);
            refuse(name, fmt::format("is missing; {} needs it{}", kind.name,
                                     near.empty() ? "" : fmt::format("; the nearest that is given is '{}'", near)));
        }
    }
    for (const std::string &name : given)
    {
        if (!has(kind.inputs, name))
        {
            refuse(name, fmt::format("{} has no such input; it takes '{}'", kind.name, fmt::join(kind.inputs, "', '")));
        }
    }
}

std::vector<int> bands_of(const Json &json, const std::string &where)
{
    std::vector<int> bands;
    for (const Json &each : json)
    {
        const auto number = each.get<double>();
        if (number != std::floor(number) || number < 1 || number > std::numeric_limits<int>::max())
        {
            throw InputError(fmt::format("{}: {} is no number of a band; the first is 1", where, number));
        }
        bands.push_back(static_cast<int>(number));
    }
    return bands;
}

void read_inputs(Recipe &recipe, const RecipePlaces &places, store::Variables &used)
{
    for (auto &[name, json] : recipe.document["input"].items())
    {
        InputRecipe &input = recipe.inputs[name];
        for (auto &path : json["path"])
        {
            input.paths.push_back(places.open(path, fmt::format("input.{}.path", name), &used));
        }
        input.resampling = raster::resampling_from_name(json["resampling"]);
        input.nodata = optional_number(json["nodata"]);
        input.bands = bands_of(json["bands"], fmt::format("{}: input.{}.bands", recipe.source, name));
        input.gdal_options = places.values(json["gdal_options"], fmt::format("input.{}.gdal_options", name), used);
        input.scales = kernel_scales(json["scales"], fmt::format("{}: input.{}", recipe.source, name));
    }
}

void read_output(Recipe &recipe, const RecipePlaces &places, store::Variables &used)
{
    Json &output = recipe.document["output"];
    recipe.output_path = places.open(output["path"], "output.path");
    recipe.output_gdal_options = places.values(output["gdal_options"], "output.gdal_options", used);
    Json &journal = recipe.document["journal"];
    recipe.journal_gdal_options = places.values(journal["gdal_options"], "journal.gdal_options", used);
    if (!journal["path"].is_null())
    {
        recipe.journal_path = places.open(journal["path"], "journal.path", &used);
        recipe.journal = journal["path"];
    }
    else if (!recipe.journal_gdal_options.empty())
    {
        throw InputError(
            fmt::format("{}: journal.path: is missing; journal.gdal_options are for what lies there", recipe.source));
    }
    recipe.format = raster::format_driver(output["format"]);
    output["format"] = recipe.format;
    if (output["options"].is_null())
    {
        output["options"] = Json::object();
        if (const std::string standard = raster::known_format(recipe.format).standard_compression; !standard.empty())
        {
            output["options"]["COMPRESS"] = standard;
        }
    }
    recipe.format_options = output["options"].get<std::map<std::string, std::string>>();
    if (!output["data_type"].is_null())
    {
        const std::string name = output["data_type"];
        const GDALDataType type = GDALGetDataTypeByName(name.c_str());
        if (type == GDT_Unknown)
        {
            throw InputError(
                fmt::format("{}: output.data_type: '{}' is no data type of GDAL; one is Byte, Int16, UInt16, "
                            "Int32, UInt32, Float32 or Float64",
                            recipe.source, name));
        }
        recipe.data_type = GDALGetDataTypeName(type);
        output["data_type"] = *recipe.data_type;
    }
    recipe.mask = output["mask"];
    recipe.no_nodata = output["nodata"] == "none" || (recipe.mask && output["nodata"].is_null());
    if (!recipe.no_nodata)
    {
        recipe.nodata = optional_number(output["nodata"]);
    }
}

void read_grid(Recipe &recipe, const RecipePlaces &places)
{
    Json &grid = recipe.document["grid"];
    std::string set = grid["tile_matrix_set"];
    const bool is_file = set.size() > 5 && set.compare(set.size() - 5, 5, ".json") == 0 && set.rfind("http", 0) != 0;
    if (is_file)
    {
        set = places.open(grid["tile_matrix_set"], "grid.tile_matrix_set");
    }
    recipe.tile_matrix_set = set;
    if (!grid["tile_size"].is_null())
    {
        recipe.tile_size = grid["tile_size"].get<int>();
    }
    recipe.metatile = grid["metatile"];
}

/// Of `bounds` or of one shape in `region`.
void read_region(Recipe &recipe, const RecipePlaces &places)
{
    Json &document = recipe.document;
    RegionRecipe region;
    if (!document["bounds"].is_null())
    {
        region.key = "bounds";
        region.bounds = document["bounds"].get<std::array<double, 4>>();
        region.crs = document["bounds_crs"];
    }
    Json &json = document["region"];
    for (const char *shape : {"polygon", "bounds", "point", "tile"})
    {
        if (json[shape].is_null())
        {
            continue;
        }
        if (!region.key.empty())
        {
            throw InputError(fmt::format("{}: region.{}: is given beside {}; a run has one region", recipe.source,
                                         shape, region.key));
        }
        region.key = std::string("region.") + shape;
        region.crs = json["crs"];
    }
    if (region.key.empty())
    {
        return;
    }
    if (!json["bounds"].is_null())
    {
        region.bounds = json["bounds"].get<std::array<double, 4>>();
    }
    if (!json["point"].is_null())
    {
        region.point = json["point"].get<std::array<double, 2>>();
    }
    if (!json["polygon"].is_null())
    {
        region.polygon = json["polygon"];
        if (!is_wkt(region.polygon))
        {
            region.polygon = places.open(json["polygon"], "region.polygon");
        }
    }
    region.layer = json["layer"].is_null() ? "" : json["layer"].get<std::string>();
    region.tile = json["tile"].is_null() ? "" : json["tile"].get<std::string>();
    recipe.region = std::move(region);
}

void check_utf8(const std::string &key, const std::string &text)
{
    if (!stac::is_utf8(text))
    {
        throw InputError(key + ": " + stac::as_utf8(text) + ": is not in UTF-8; rename it");
    }
}

/// A region that a flag gives is in place of the recipe's, whatever its shape.
void forget_region(YAML::Node document, const std::map<std::string, std::string> &overrides)
{
    const bool given =
        std::any_of(overrides.begin(), overrides.end(),
                    [](const auto &each) { return each.first == "bounds" || each.first.rfind("region.", 0) == 0; });
    if (given)
    {
        document.remove("bounds");
        document.remove("region");
    }
}

} // namespace

Recipe Recipe::read(const std::string &file, const std::map<std::string, std::string> &overrides,
                    const ProcessRegistry &processes)
{
    return parse(text_of_file(file, "recipe, a YAML file"), file, overrides, processes);
}

Recipe Recipe::parse(const std::string &text, const std::string &file,
                     const std::map<std::string, std::string> &overrides, const ProcessRegistry &processes)
{
    return of_document(parsed(text, file), file, overrides, processes);
}

Recipe Recipe::of_document(const YAML::Node &document, const std::string &file,
                           const std::map<std::string, std::string> &overrides, const ProcessRegistry &processes)
{
    if (!document.IsMap())
    {
        throw InputError(file, "is not a recipe: a YAML map with process, input and output");
    }
    check_utf8("recipe", fs::absolute(file).string()); // what is written of the run has these names
    for (const auto &[key, text] : overrides)
    {
        check_utf8(key, key == "output.path" ? absolute_path(text, fs::current_path()) : text);
    }
    forget_region(document, overrides);
    // Paths that a flag gives are the caller's, relative to where the command runs.
    for (const auto &[key, text] : overrides)
    {
        const bool is_path = key == "output.path" || (key == "region.polygon" && !is_wkt(text));
        const bool is_text = is_path || key == "region.polygon";
        override_key(document, key,
                     is_text ? Json(is_path ? absolute_path(text, fs::current_path()) : text).dump() : text);
    }
    Recipe recipe;
    recipe.source = file;
    recipe.document = recipe_schema().resolve(document, file);
    Json &resolved = recipe.document;
    const RecipePlaces places(file, fs::absolute(file).parent_path());

    recipe.processes = processes;
    const auto read = [&places](const std::string &name) { return places.read(name); };
    NamedProcess named = read_process(document, file, processes, read, resolved);
    recipe.process = std::move(named.kind);
    recipe.parameters = std::move(named.parameters);
    store::Variables used;
    check_inputs(recipe, *recipe.process);
    read_inputs(recipe, places, used);
    read_grid(recipe, places);
    recipe.levels = resolved["levels"];
    read_region(recipe, places);
    recipe.overviews_from_process = resolved["overviews"]["from"] == "process";
    if (!resolved["overviews"]["resampling"].is_null())
    {
        recipe.overview_resampling = resolved["overviews"]["resampling"];
    }
    read_output(recipe, places, used);
    recipe.secrets = Secrets(used);
    if (resolved["threads"].is_null())
    {
        resolved["threads"] = std::max(1U, std::thread::hardware_concurrency());
    }
    recipe.threads = resolved["threads"];
    recipe.executor = resolved["executor"];
    recipe.memory = resolved["memory"];
    if (recipe.memory != "auto")
    {
        parse_memory(recipe.memory, file + ": memory");
    }
    if (const Json &time = resolved["stac"]["datetime"]; !time.is_null() && !stac::is_datetime(time.get<std::string>()))
    {
        throw InputError(fmt::format("{}: stac.datetime: is '{}', should be as 2024-05-31T12:00:00Z", file,
                                     time.get<std::string>()));
    }
    if (!resolved["tile_timeout"].is_null())
    {
        recipe.tile_timeout = resolved["tile_timeout"];
    }
    return recipe;
}

std::map<std::string, raster::KernelScale> kernel_scales(const Json &json, const std::string &where)
{
    std::map<std::string, raster::KernelScale> scales;
    if (json.is_null())
    {
        return scales;
    }
    try
    {
        for (const auto &[level, pair] : json.items())
        {
            scales[level] = {std::stod(pair.at(0).get<std::string>()), std::stod(pair.at(1).get<std::string>())};
        }
    }
    catch (const std::exception &)
    {
        throw InputError(where + ".scales: is not a map of levels to [x, y]");
    }
    return scales;
}

} // namespace tiledir::engine
