#include "driver/item/open_options.h"

#include "stac/error.h"

#include <cpl_conv.h>
#include <cpl_multiproc.h>

#include <array>
#include <cstddef>
#include <cstdlib>

namespace tiledir::driver
{

namespace
{

constexpr const char *kExtents = "LIMITS, MATRIX or minx,miny,maxx,maxy in the grid's CRS";

stac::Bounds bounds_of(const std::string &text)
{
    const CPLStringList parts(CSLTokenizeString2(text.c_str(), ",", CSLT_ALLOWEMPTYTOKENS | CSLT_STRIPLEADSPACES));
    std::array<double, 4> numbers{};
    bool right = parts.size() == 4;
    for (int index = 0; right && index < parts.size(); ++index)
    {
        char *end = nullptr;
        numbers[static_cast<std::size_t>(index)] = CPLStrtod(parts[index], &end);
        right = end != parts[index] && *end == '\0';
    }
    const stac::Bounds bounds{numbers[0], numbers[1], numbers[2], numbers[3]};
    if (!right || bounds.empty())
    {
        throw InputError("open option EXTENT: is '" + text + "', should be " + kExtents);
    }
    return bounds;
}

std::set<long> statuses_of(const std::string &text)
{
    std::set<long> statuses;
    const CPLStringList parts(CSLTokenizeString2(text.c_str(), ",", CSLT_STRIPLEADSPACES | CSLT_STRIPENDSPACES));
    for (int index = 0; index < parts.size(); ++index)
    {
        char *end = nullptr;
        const long status = std::strtol(parts[index], &end, 10);
        if (end == parts[index] || *end != '\0' || status < 204 || status > 499)
        {
            throw InputError("open option ABSENT_STATUS: is '" + text +
                             "', should be HTTP statuses such as 403 or 204,403");
        }
        statuses.insert(status);
    }
    return statuses;
}

Refresh refresh_of(const std::string &text)
{
    if (EQUAL(text.c_str(), "FLUSH") || EQUAL(text.c_str(), "CLOSE"))
    {
        return EQUAL(text.c_str(), "FLUSH") ? Refresh::AtFlush : Refresh::AtClose;
    }
    if (!EQUAL(text.c_str(), "NO"))
    {
        throw InputError("open option REFRESH: is '" + text + "', should be FLUSH, CLOSE or NO");
    }
    return Refresh::Never;
}

} // namespace

int threads_of(const std::string &text)
{
    constexpr int kMostThreads = 1024;
    const int cpus = CPLGetNumCPUs();
    if (EQUAL(text.c_str(), "ALL_CPUS"))
    {
        return cpus;
    }
    char *end = nullptr;
    const long threads = std::strtol(text.c_str(), &end, 10);
    if (end == text.c_str() || *end != '\0' || threads < 1 || threads > kMostThreads)
    {
        throw InputError("NUM_THREADS: is '" + text + "', should be ALL_CPUS or a number from 1 to " +
                         std::to_string(kMostThreads));
    }
    return static_cast<int>(threads);
}

OpenOptions OpenOptions::from(CSLConstList options)
{
    OpenOptions chosen;
    chosen.level = CSLFetchNameValueDef(options, "LEVEL", "");
    const std::string extent = CSLFetchNameValueDef(options, "EXTENT", "LIMITS");
    chosen.whole_matrix = EQUAL(extent.c_str(), "MATRIX");
    if (!chosen.whole_matrix && !EQUAL(extent.c_str(), "LIMITS"))
    {
        chosen.bounds = bounds_of(extent);
    }
    chosen.part = chosen.level.empty() ? "" : "LEVEL=" + chosen.level;
    chosen.part += EQUAL(extent.c_str(), "LIMITS") ? "" : "EXTENT=" + extent;
    const bool skip = CPLFetchBool(options, "SKIP_MISSING_METATILE", true);
    const std::string missing = CSLFetchNameValueDef(options, "MISSING_TILES", skip ? "NODATA" : "ERROR");
    chosen.reading.missing_is_error = EQUAL(missing.c_str(), "ERROR");
    if (!chosen.reading.missing_is_error && !EQUAL(missing.c_str(), "NODATA"))
    {
        throw InputError("open option MISSING_TILES: is '" + missing + "', should be NODATA or ERROR");
    }
    chosen.reading.whole_tiles = CPLFetchBool(options, "WHOLE_METATILE", false);
    chosen.reading.store.absent_status = statuses_of(CSLFetchNameValueDef(options, "ABSENT_STATUS", ""));
    chosen.reading.threads =
        threads_of(CSLFetchNameValueDef(options, "NUM_THREADS", CPLGetConfigOption("GDAL_NUM_THREADS", "ALL_CPUS")));
    chosen.scheme = CSLFetchNameValueDef(options, "SCHEME", "");
    chosen.grid = CSLFetchNameValueDef(options, "GRID", "");
    chosen.dimensions = dimensions_of_option(CSLFetchNameValueDef(options, "DIMENSIONS", ""));
    chosen.refresh = refresh_of(CSLFetchNameValueDef(options, "REFRESH", "FLUSH"));
    chosen.allow_local = CPLFetchBool(options, "ALLOW_LOCAL", false);
    return chosen;
}

const char *OpenOptions::description()
{
    return R"(<OpenOptionList>
  <Option name="LEVEL" type="string" description="Identifier of the one tile matrix to open, at its full resolution"/>
  <Option name="EXTENT" type="string" default="LIMITS" description="LIMITS, MATRIX or minx,miny,maxx,maxy in the CRS of the grid; grows to whole tiles"/>
  <Option name="MISSING_TILES" type="string-select" default="NODATA" description="What a tile within the limits that is absent reads as">
    <Value>NODATA</Value>
    <Value>ERROR</Value>
  </Option>
  <Option name="SKIP_MISSING_METATILE" type="boolean" default="YES" description="MISSING_TILES by STACTA's name: YES is NODATA, NO is ERROR"/>
  <Option name="WHOLE_METATILE" type="boolean" default="NO" description="Whether a read that is small beside a tile reads the tile whole and keeps it, as larger ones do"/>
  <Option name="ABSENT_STATUS" type="string" description="HTTP statuses, beside 404, that a server answers for absent tiles with: 403 or 204,403"/>
  <Option name="NUM_THREADS" type="string" default="ALL_CPUS" description="Threads that decode tiles of one read: a number or ALL_CPUS; the default is that of the config option GDAL_NUM_THREADS"/>
  <Option name="SCHEME" type="string" description="How the tiles of a folder without STAC are named: XYZ, TMS, ZYX, ZYX_TMS or a template such as {z}/{x}/{-y}.png"/>
  <Option name="GRID" type="string" description="Grid of a folder without STAC, where its tiles do not tell: a well-known id; the default is WebMercatorQuad"/>
  <Option name="DIMENSIONS" type="string" description="Values of dimensions that the item's templates have: NAME=VALUE,NAME=VALUE"/>
  <Option name="REFRESH" type="string-select" default="FLUSH" description="When overviews above what was written are made again: at each flush, at the end, or not, so that tiledir refresh finds them">
    <Value>FLUSH</Value>
    <Value>CLOSE</Value>
    <Value>NO</Value>
  </Option>
  <Option name="ALLOW_LOCAL" type="boolean" default="NO" description="Whether an item read over a network may lead to local files"/>
</OpenOptionList>)";
}

} // namespace tiledir::driver
