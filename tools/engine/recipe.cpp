#include "tools/engine/recipe.h"

#include "driver/raster/tile_codec.h"
#include "driver/store/network_path.h"
#include "stac/error.h"
#include "tools/engine/memory.h"
#include "tools/engine/process.h"

#include <boost/filesystem.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <thread>

namespace tiledir::engine
{
namespace
{

namespace fs = boost::filesystem;

bool is_remote(const std::string &path)
{
    return path.rfind("/vsi", 0) == 0;
}

std::string absolute(const std::string &path, const fs::path &folder)
{
    const std::string known = store::vsi_path(path);
    const std::string text = is_remote(known) ? known : fs::absolute(known, folder).lexically_normal().string();
    return text.size() > 1 && text.back() == '/' ? text.substr(0, text.size() - 1) : text;
}

YAML::Node load(const std::string &file)
{
    if (fs::is_directory(file))
    {
        throw InputError(file + ": is a folder; a recipe is a YAML file");
    }
    try
    {
        return YAML::LoadFile(file);
    }
    catch (const YAML::BadFile &)
    {
        throw InputError(file + (fs::exists(file) ? ": cannot be read" : ": no such file"));
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
        value = YAML::Load(text);
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

std::map<std::string, std::string> texts_of(const Json &json)
{
    return json.is_null() ? std::map<std::string, std::string>() : json.get<std::map<std::string, std::string>>();
}

std::optional<double> optional_number(const Json &json)
{
    if (json.is_null())
    {
        return std::nullopt;
    }
    return json == "nan" ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
}

std::map<std::string, raster::KernelScale> read_scales(const Json &json, const std::string &where)
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

void read_inputs(Recipe &recipe, const ProcessKind &kind, const fs::path &folder)
{
    for (auto &[name, json] : recipe.document["input"].items())
    {
        const std::string where = fmt::format("{}: input.{}", recipe.source, name);
        if (std::find(kind.inputs.begin(), kind.inputs.end(), name) == kind.inputs.end())
        {
            throw InputError(
                fmt::format("{}: {} has no such input; it takes '{}'", where, kind.name, kind.inputs.front()));
        }
        InputRecipe &input = recipe.inputs[name];
        for (auto &path : json["path"])
        {
            path = absolute(path.get<std::string>(), folder);
            input.paths.push_back(path);
        }
        input.resampling = raster::resampling_from_name(json["resampling"]);
        input.nodata = optional_number(json["nodata"]);
        input.gdal_options = texts_of(json["gdal_options"]);
        input.scales = read_scales(json["scales"], where);
    }
    for (const auto &name : kind.inputs)
    {
        if (recipe.inputs.count(name) == 0)
        {
            throw InputError(fmt::format("{}: input.{}: is missing; {} needs it", recipe.source, name, kind.name));
        }
    }
}

void read_output(Recipe &recipe, const fs::path &folder)
{
    Json &output = recipe.document["output"];
    output["path"] = absolute(output["path"].get<std::string>(), folder);
    recipe.output_path = output["path"];
    recipe.output_gdal_options = texts_of(output["gdal_options"]);
    recipe.format = raster::format_driver(output["format"]);
    output["format"] = recipe.format;
    if (output["options"].is_null())
    {
        output["options"] = Json::object();
        if (recipe.format == "GTiff" || recipe.format == "COG")
        {
            output["options"]["COMPRESS"] = "DEFLATE";
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
    recipe.nodata = optional_number(output["nodata"]);
}

void read_grid(Recipe &recipe, const fs::path &folder)
{
    Json &grid = recipe.document["grid"];
    std::string set = grid["tile_matrix_set"];
    const bool is_file = set.size() > 5 && set.compare(set.size() - 5, 5, ".json") == 0 && set.rfind("http", 0) != 0;
    if (is_file)
    {
        set = absolute(set, folder);
        grid["tile_matrix_set"] = set;
    }
    recipe.tile_matrix_set = set;
    if (!grid["tile_size"].is_null())
    {
        recipe.tile_size = grid["tile_size"].get<int>();
    }
    recipe.metatile = grid["metatile"];
}

} // namespace

Recipe Recipe::read(const std::string &file, const std::map<std::string, std::string> &overrides)
{
    return of_document(load(file), file, overrides);
}

Recipe Recipe::parse(const std::string &text, const std::string &file,
                     const std::map<std::string, std::string> &overrides)
{
    try
    {
        return of_document(YAML::Load(text), file, overrides);
    }
    catch (const YAML::Exception &error)
    {
        throw InputError(fmt::format("{}, line {}: is not YAML: {}", file, error.mark.line + 1, error.msg));
    }
}

Recipe Recipe::of_document(YAML::Node document, const std::string &file,
                           const std::map<std::string, std::string> &overrides)
{
    if (!document.IsMap())
    {
        throw InputError(file + ": is not a recipe: a YAML map with process, input and output");
    }
    // Paths that a flag gives are the caller's, relative to where the command runs.
    for (const auto &[key, text] : overrides)
    {
        override_key(document, key, key == "output.path" ? Json(absolute(text, fs::current_path())).dump() : text);
    }
    Recipe recipe;
    recipe.source = file;
    recipe.document = recipe_schema().resolve(document, file);
    Json &resolved = recipe.document;
    const fs::path folder = fs::absolute(file).parent_path();

    recipe.process = resolved["process"];
    const ProcessKind &kind = process_kind(recipe.process);
    const YAML::Node parameters = document["parameters"];
    recipe.parameters = kind.parameters.resolve(
        parameters.IsDefined() && !parameters.IsNull() ? parameters : YAML::Node(YAML::NodeType::Map), file,
        "parameters");
    resolved["parameters"] = recipe.parameters;
    read_inputs(recipe, kind, folder);
    read_grid(recipe, folder);
    recipe.levels = resolved["levels"];
    if (!resolved["bounds"].is_null())
    {
        recipe.bounds = resolved["bounds"].get<std::array<double, 4>>();
    }
    recipe.bounds_crs = resolved["bounds_crs"];
    recipe.overviews_from_process = resolved["overviews"]["from"] == "process";
    if (!resolved["overviews"]["resampling"].is_null())
    {
        recipe.overview_resampling = resolved["overviews"]["resampling"];
    }
    read_output(recipe, folder);
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
    if (!resolved["tile_timeout"].is_null())
    {
        recipe.tile_timeout = resolved["tile_timeout"];
    }
    return recipe;
}

} // namespace tiledir::engine
