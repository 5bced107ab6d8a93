#include "driver/open_options.h"

#include "stac/error.h"

#include <cpl_conv.h>

#include <array>
#include <cstddef>

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

} // namespace

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
    const std::string missing = CSLFetchNameValueDef(options, "MISSING_TILES", "NODATA");
    chosen.missing_is_error = EQUAL(missing.c_str(), "ERROR");
    if (!chosen.missing_is_error && !EQUAL(missing.c_str(), "NODATA"))
    {
        throw InputError("open option MISSING_TILES: is '" + missing + "', should be NODATA or ERROR");
    }
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
  <Option name="ALLOW_LOCAL" type="boolean" default="NO" description="Whether an item read over a network may lead to local files"/>
</OpenOptionList>)";
}

} // namespace tiledir::driver
