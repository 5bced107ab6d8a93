// Every key of a recipe, said once.
#include "driver/raster/resample/resampling.h"
#include "tools/engine/recipe/executor_names.h"
#include "tools/engine/recipe/recipe.h"

#include <algorithm>

namespace tiledir::engine
{
namespace
{

std::vector<Key> input_keys()
{
    return {
        Key("path", KeyType::Texts, "raster files or patterns (dem/*.tif), the later on top; relative to the recipe")
            .must_be_given(),
        Key("resampling", KeyType::Text, "how pixels are brought to the grid")
            .otherwise("bilinear")
            .one_of(raster::warp_resampling_names()),
        Key("nodata", KeyType::Number, "value of pixels without data; what the files say where it is not given")
            .one_of({"nan"}),
        Key("bands", KeyType::Numbers,
            "bands of the files, from 1, in the order that the process has them; all where they are not given"),
        Key("gdal_options", KeyType::Values, "GDAL's configuration options for these files: endpoint, profile, ..."),
        Key("scales", KeyType::Any,
            "kernel scales by level, [x, y]: written by a run, so that the same pixels can be made again"),
    };
}

std::vector<Key> grid_keys()
{
    return {
        Key("tile_matrix_set", KeyType::Text, "id, URI or JSON file of an OGC TileMatrixSet")
            .otherwise("WebMercatorQuad"),
        Key("tile_size", KeyType::Integer,
            "pixels a side of a grid tile; changes the cell size. The set's own where it is not given")
            .within(1, 65536),
        Key("metatile", KeyType::Integer, "grid tiles a side of a stored tile; keeps the cell size")
            .otherwise(1)
            .within(1, 1024),
    };
}

std::vector<Key> region_keys()
{
    return {
        Key("polygon", KeyType::Text,
            "file of polygons that OGR reads, or WKT: the tiles that they touch are made, whole; relative to the "
            "recipe"),
        Key("layer", KeyType::Text, "layer of the file; the only one where it is not given"),
        Key("bounds", KeyType::Numbers, "west, south, east, north; west > east is across the antimeridian")
            .of_length(4),
        Key("point", KeyType::Numbers, "x, y (longitude, latitude): the tile that it lies in").of_length(2),
        Key("tile", KeyType::Text, "LEVEL/ROW/COL: that tile, or the base tiles under it"),
        Key("crs", KeyType::Text, "CRS of bounds, point and WKT, and of a file that states none")
            .otherwise("OGC:CRS84"),
    };
}

std::vector<Key> overview_keys()
{
    return {
        Key("from", KeyType::Text, "the next finer level, or the process again")
            .otherwise("children")
            .one_of({"children", "process"}),
        Key("resampling", KeyType::Text, "average, or mode with a colour table, where it is not given")
            .one_of(raster::overview_resampling_names()),
    };
}

std::vector<Key> output_keys()
{
    return {
        Key("path", KeyType::Text, "folder of the tiles; relative to the recipe").must_be_given(),
        Key("format", KeyType::Text, "GDAL's short name of a raster format").otherwise("GTiff"),
        Key("options", KeyType::Values,
            "creation options of the format; COMPRESS=DEFLATE for GTiff and COG where none is given"),
        Key("gdal_options", KeyType::Values, "GDAL's configuration options for the folder: endpoint, profile, ..."),
        Key("data_type", KeyType::Text, "GDAL's name of a data type; the process's own where it is not given"),
        Key("nodata", KeyType::Number,
            "value of pixels without data, a number, nan or none; the process's own where it is not given")
            .one_of({"nan", "none"}),
        Key("mask", KeyType::Boolean, "a mask tells which pixels have data; nodata is then none").otherwise(false),
    };
}

std::vector<Key> journal_keys()
{
    return {
        Key("path", KeyType::Text, "folder; relative to the recipe. In the output where it is not given"),
        Key("gdal_options", KeyType::Values, "GDAL's configuration options for the folder: endpoint, profile, ..."),
    };
}

std::vector<Key> stac_keys()
{
    return {
        Key("id", KeyType::Text, "id of the item; the name of the output folder where it is not given"),
        Key("title", KeyType::Text, "title of the item; the process's where it is not given"),
        Key("datetime", KeyType::Text, "time the data stand for, RFC 3339; first and last write where it is not given"),
    };
}

std::vector<std::string> executor_choices()
{
    std::vector<std::string> names = executor_names();
    names.emplace_back("auto");
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace

const Schema &recipe_schema()
{
    static const Schema kSchema({
        Key("process", KeyType::Any,
            "what is made: a name of those that `tiledir processes` lists, or a list of steps, [{ name, parameters, "
            "input }, ...]")
            .must_be_given(),
        Key("parameters", KeyType::Any, "of the process; `tiledir processes NAME` lists them"),
        Key("input", KeyType::Named, "name of an input of the process: its files").of(input_keys()).must_be_given(),
        Key("grid", KeyType::Map, "the tiles").of(grid_keys()),
        Key("levels", KeyType::Text, "auto, one matrix (11), or the coarsest and the finest (5-11)").otherwise("auto"),
        Key("bounds", KeyType::Numbers,
            "west, south, east, north: the tiles that it touches are made, whole; west > east is across the "
            "antimeridian")
            .of_length(4),
        Key("bounds_crs", KeyType::Text, "CRS of the bounds").otherwise("OGC:CRS84"),
        Key("region", KeyType::Map, "in place of bounds: one of polygon, bounds, point and tile").of(region_keys()),
        Key("overviews", KeyType::Map, "how coarser levels are made").of(overview_keys()),
        Key("output", KeyType::Map, "what is written").of(output_keys()).must_be_given(),
        Key("journal", KeyType::Map, "what says which tiles are done, where it is not to lie in the output")
            .of(journal_keys()),
        Key("threads", KeyType::Integer, "threads that compute; as many as there are processors where it is not given")
            .within(1, 1024),
        Key("executor", KeyType::Text,
            "what computes: threads of one process, or as many worker processes; auto: threads, workers where there is "
            "a tile_timeout")
            .otherwise("auto")
            .one_of(executor_choices()),
        Key("memory", KeyType::Text, "of the run: 2GB, 512MB, 50%; auto: three quarters of what there is")
            .otherwise("auto"),
        Key("tile_timeout", KeyType::Number, "seconds that a tile may take; ends workers only").within(0.001, 1e6),
        Key("stac", KeyType::Map, "what the STAC item says").of(stac_keys()),
    });
    return kSchema;
}

} // namespace tiledir::engine
