#include "driver/creating/creation_options.h"

#include "driver/item/open_options.h"
#include "driver/raster/tile/known_formats.h"
#include "driver/raster/tile/tile_format.h"
#include "stac/error.h"
#include "stac/grid/href_template.h"
#include "stac/nearest_name.h"
#include "stac/utc_time.h"
#include "stac/utf8.h"

#include <cpl_conv.h>
#include <gdal_priv.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

namespace tiledir::driver
{

namespace
{

struct Option
{
    const char *name;
    const char *type;
    const char *standard; ///< default value; empty: none
    const char *description;
};

constexpr std::array<Option, 15> kOptions{
    {{"GRID", "string", "NATIVE",
      "NATIVE (the pixels of the source as they are), a well-known id (WebMercatorQuad), or JSON of a tile matrix set: "
      "text or file"},
     {"LEVELS", "string", "auto", "auto, one tile matrix, or the coarsest and the finest (3-8)"},
     {"TILE_SIZE", "int", "", "Width and height of the grid's tiles in pixels"},
     {"METATILE", "int", "1", "Stored tiles cover so many tiles a side"},
     {"FORMAT", "string", "GTiff",
      "GDAL driver of the tiles: GTiff, COG, PNG, JPEG, WEBP or any other that writes rasters. Its creation options "
      "are taken too"},
     {"RESAMPLING", "string", "", "Kernel that brings the source onto GRID; default: cubic, nearest for colour tables"},
     {"OVERVIEW_RESAMPLING", "string", "",
      "Kernel of the coarser tile matrices; default: average, nearest for colour tables"},
     {"NODATA", "string", "", "Value of pixels without data; default: the source's"},
     {"TEMPLATE", "string", "", "Names of tiles, such as {TileMatrix}/{TileRow}/{TileCol}.tif"},
     {"SPARSE_OK", "boolean", "YES", "Whether tiles without data are left out"},
     {"STATISTICS", "boolean", "NO", "Whether statistics are computed and kept beside the item"},
     {"ID", "string", "", "Of the STAC item; default: the folder's name"},
     {"TITLE", "string", "", "Of the STAC item"},
     {"DATETIME", "string", "", "Of the STAC item, as 2024-05-31T12:00:00Z; default: the time of writing"},
     {"NUM_THREADS", "string", "ALL_CPUS",
      "A number or ALL_CPUS; the default is that of the config option GDAL_NUM_THREADS"}}};

std::vector<std::string> known_names(const std::string &format)
{
    std::vector<std::string> names = raster::format_options(format);
    for (const Option &option : kOptions)
    {
        names.emplace_back(option.name);
    }
    return names;
}

bool is_ours(const std::string &name)
{
    return std::any_of(kOptions.begin(), kOptions.end(),
                       [&](const Option &option) { return EQUAL(option.name, name.c_str()); });
}

std::string canonical_name(const std::string &name, const std::string &format)
{
    const std::vector<std::string> known = known_names(format);
    for (const std::string &each : known)
    {
        if (stac::same_ignoring_case(each, name))
        {
            return each;
        }
    }
    const std::string nearest = stac::nearest_name(name, known);
    throw InputError("creation option " + name + ": is unknown to TileDir and to " + format +
                     (nearest.empty() ? "" : "; the nearest known one is " + nearest));
}

int size_of(const char *name, const char *text)
{
    constexpr int kMost = 65536;
    char *end = nullptr;
    const long value = std::strtol(text, &end, 10);
    if (end == text || *end != '\0' || value < 1 || value > kMost)
    {
        throw InputError(std::string("creation option ") + name + ": is '" + text +
                         "', should be a number from 1 to 65536");
    }
    return static_cast<int>(value);
}

bool flag_of(CSLConstList options, const char *name, bool standard)
{
    const char *text = CSLFetchNameValue(options, name);
    if (text == nullptr)
    {
        return standard;
    }
    for (const char *yes : {"YES", "TRUE", "ON", "1"})
    {
        if (EQUAL(text, yes))
        {
            return true;
        }
    }
    for (const char *no : {"NO", "FALSE", "OFF", "0"})
    {
        if (EQUAL(text, no))
        {
            return false;
        }
    }
    throw InputError(std::string("creation option ") + name + ": is '" + text + "', should be YES or NO");
}

std::optional<raster::Resampling> resampling_of(CSLConstList options, const char *name)
{
    const char *text = CSLFetchNameValue(options, name);
    if (text == nullptr)
    {
        return std::nullopt;
    }
    return labelled(std::string("creation option ") + name, [&] { return raster::resampling_from_name(text); });
}

/// A template has to tell tiles apart.
void check_tile_path(const std::string &text)
{
    if (text.empty())
    {
        return;
    }
    const stac::HrefTemplate path(text);
    const auto has = [&](std::initializer_list<const char *> names)
    { return std::any_of(names.begin(), names.end(), [&](const char *name) { return path.has(name); }); };
    const bool complete =
        path.has("q") || (has({"TileMatrix", "z"}) && has({"TileRow", "y", "-y"}) && has({"TileCol", "x"}));
    const bool inside = text[0] != '/' && text.find("..") == std::string::npos && text.find(':') == std::string::npos;
    static const std::set<std::string> kKnown{"TileMatrix", "TileRow", "TileCol", "z", "x", "y", "-y", "q"};
    const auto &names = path.parameters();
    const bool known =
        std::all_of(names.begin(), names.end(), [](const std::string &name) { return kKnown.count(name) == 1; });
    if (!complete || !inside || !known)
    {
        throw InputError("creation option TEMPLATE: is '" + text +
                         "', should name level, row and column of a tile below the folder, such as "
                         "{TileMatrix}/{TileRow}/{TileCol}.tif or {z}/{x}/{y}.png");
    }
}

std::string escaped_xml(const std::string &text)
{
    char *xml = CPLEscapeString(text.c_str(), -1, CPLES_XML);
    std::string result = xml;
    CPLFree(xml);
    return result;
}

} // namespace

bool CreationOptions::is_native() const
{
    return EQUAL(grid.c_str(), "NATIVE");
}

CreationOptions CreationOptions::from(CSLConstList options)
{
    CreationOptions chosen;
    chosen.format = CSLFetchNameValueDef(options, "FORMAT", "GTiff");
    if (EQUAL(chosen.format.c_str(), "TIFF") || EQUAL(chosen.format.c_str(), "GEOTIFF"))
    {
        chosen.format = "GTiff";
    }
    chosen.format = raster::format_driver(chosen.format);
    if (chosen.format == "TileDir" || chosen.format == "MEM" || chosen.format == "VRT")
    {
        throw InputError("creation option FORMAT: " + chosen.format + " makes no files that hold pixels; GTiff does");
    }
    for (CSLConstList each = options; each != nullptr && *each != nullptr; ++each)
    {
        char *key = nullptr;
        const char *value = CPLParseNameValue(*each, &key);
        const std::string name = key == nullptr ? "" : key;
        CPLFree(key);
        // GDAL's own words to itself.
        if (value == nullptr || name == "APPEND_SUBDATASET" || (!name.empty() && name[0] == '_'))
        {
            continue;
        }
        const std::string canonical = canonical_name(name, chosen.format);
        if (!is_ours(canonical))
        {
            chosen.format_options[canonical] = value;
        }
    }
    if (const std::string standard = raster::known_format(chosen.format).standard_compression; !standard.empty())
    {
        chosen.format_options.emplace("COMPRESS", standard);
    }
    chosen.grid = CSLFetchNameValueDef(options, "GRID", "NATIVE");
    chosen.levels = CSLFetchNameValueDef(options, "LEVELS", "auto");
    if (const char *size = CSLFetchNameValue(options, "TILE_SIZE"))
    {
        chosen.tile_size = size_of("TILE_SIZE", size);
    }
    chosen.metatile = size_of("METATILE", CSLFetchNameValueDef(options, "METATILE", "1"));
    chosen.resampling = resampling_of(options, "RESAMPLING");
    if (chosen.resampling)
    {
        raster::warp_algorithm(*chosen.resampling);
    }
    chosen.overview_resampling = resampling_of(options, "OVERVIEW_RESAMPLING");
    chosen.nodata = CSLFetchNameValueDef(options, "NODATA", "");
    chosen.tile_path = CSLFetchNameValueDef(options, "TEMPLATE", "");
    check_tile_path(chosen.tile_path);
    chosen.sparse = flag_of(options, "SPARSE_OK", true);
    chosen.statistics = flag_of(options, "STATISTICS", false);
    chosen.id = stac::as_utf8(CSLFetchNameValueDef(options, "ID", ""));
    chosen.title = stac::as_utf8(CSLFetchNameValueDef(options, "TITLE", ""));
    chosen.datetime = CSLFetchNameValueDef(options, "DATETIME", "");
    if (!chosen.datetime.empty() && !stac::is_datetime(chosen.datetime))
    {
        throw InputError("creation option DATETIME: is '" + chosen.datetime + "', should be as 2024-05-31T12:00:00Z");
    }
    chosen.threads =
        threads_of(CSLFetchNameValueDef(options, "NUM_THREADS", CPLGetConfigOption("GDAL_NUM_THREADS", "ALL_CPUS")));
    return chosen;
}

std::string CreationOptions::description()
{
    std::string xml = "<CreationOptionList>\n";
    for (const Option &option : kOptions)
    {
        xml += std::string("  <Option name=\"") + option.name + "\" type=\"" + option.type + "\"";
        xml += option.standard[0] == '\0' ? "" : std::string(" default=\"") + option.standard + "\"";
        xml += " description=\"" + escaped_xml(option.description) + "\"/>\n";
    }
    std::map<std::string, std::string> formats;
    for (const raster::KnownFormat &known : raster::known_formats())
    {
        const std::string &format = known.driver;
        if (GDALGetDriverByName(format.c_str()) == nullptr)
        {
            continue;
        }
        for (const std::string &name : raster::format_options(format))
        {
            std::string &users = formats[name];
            users += (users.empty() ? "" : ", ") + format;
        }
    }
    for (const auto &[name, users] : formats)
    {
        if (!is_ours(name))
        {
            xml += "  <Option name=\"" + escaped_xml(name) + "\" type=\"string\" description=\"Of FORMAT=" + users +
                   "\"/>\n";
        }
    }
    return xml + "</CreationOptionList>";
}

std::string creation_data_types()
{
    std::string types;
    for (int type = GDT_Byte; type < GDT_TypeCount; ++type)
    {
        const char *name = GDALGetDataTypeName(static_cast<GDALDataType>(type));
        types += name == nullptr ? "" : (types.empty() ? "" : " ") + std::string(name);
    }
    return types;
}

} // namespace tiledir::driver
