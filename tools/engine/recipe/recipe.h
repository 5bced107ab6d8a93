// A recipe: what to make of what, where, on which grid. As written by a user, checked, with the defaults that need no
// file to be opened; resolve.h fills in the rest.
#pragma once

#include "driver/raster/warp/grid_source.h"
#include "tools/engine/processes/process_registry.h"
#include "tools/engine/recipe/region.h"
#include "tools/engine/recipe/secrets.h"
#include "tools/engine/schema/schema.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::engine
{

/// What may be written in a recipe, and what each key means.
const Schema &recipe_schema();

struct InputRecipe
{
    std::vector<std::string> paths; ///< absolute; resolve() expands patterns; the later on top
    raster::Resampling resampling = raster::Resampling::Bilinear;
    std::optional<double> nodata;
    std::vector<int> bands;                            ///< from 1, in this order; none: all
    std::map<std::string, std::string> gdal_options;   ///< for these paths
    std::map<std::string, raster::KernelScale> scales; ///< by matrix id; what is missing is computed
};

struct Recipe
{
    std::string source;        ///< file it was read from, for messages
    Json document;             ///< resolved by recipe_schema(), paths absolute; ${NAME} stands in it as it was written
    Secrets secrets;           ///< in the paths of the inputs
    ProcessRegistry processes; ///< that it could name
    std::shared_ptr<const ProcessKind> process; ///< that it names
    Json parameters;                            ///< resolved by the process's own schema
    std::map<std::string, InputRecipe> inputs;
    std::string tile_matrix_set; ///< id, URI or absolute path
    std::optional<int> tile_size;
    int metatile = 1;
    std::string levels;                 ///< "auto", "11" or "5-11"
    std::optional<RegionRecipe> region; ///< all where there is none
    bool overviews_from_process = false;
    std::string overview_resampling;
    std::string output_path;                                ///< absolute, or a /vsi path
    std::map<std::string, std::string> output_gdal_options; ///< for this path
    std::string journal;      ///< folder, absolute, with ${NAME} as it was written; empty: in the output
    std::string journal_path; ///< what that stands for
    std::map<std::string, std::string> journal_gdal_options; ///< for this path
    std::string format;                                      ///< GDAL's spelling
    std::map<std::string, std::string> format_options;
    std::optional<std::string> data_type; ///< GDAL's name
    std::optional<double> nodata;         ///< of the output
    bool no_nodata = false;               ///< no value tells which of its pixels are without data
    bool mask = false;                    ///< a mask does
    int threads = 1;
    std::string executor;    ///< auto, serial, threads or workers
    std::string memory;      ///< `auto` or as parse_memory() takes it
    double tile_timeout = 0; ///< seconds; 0: none

    /// Reads a recipe. `overrides` are flags of the command (--NAME for the last part of the key, --output for
    /// output.path): key paths and YAML text.
    /// Throws InputError that names the file, the line and the key.
    static Recipe read(const std::string &file, const std::map<std::string, std::string> &overrides,
                       const ProcessRegistry &processes);
    /// The recipe of a text that was read from `file`.
    static Recipe parse(const std::string &text, const std::string &file,
                        const std::map<std::string, std::string> &overrides, const ProcessRegistry &processes);

private:
    static Recipe of_document(const YAML::Node &document, const std::string &file,
                              const std::map<std::string, std::string> &overrides, const ProcessRegistry &processes);
};

/// Of `input.NAME.scales`: by matrix id. Throws InputError that begins with `where`.
std::map<std::string, raster::KernelScale> kernel_scales(const Json &json, const std::string &where);

} // namespace tiledir::engine
