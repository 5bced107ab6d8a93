#include "stac/grid/crs_name.h"

#include "stac/begins_with.h"
#include "stac/grid/tile_matrix_set.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <iterator>

namespace tiledir::stac
{

namespace
{

constexpr std::array kGeographicCodes = {4019, 4155, 4167, 4171, 4189, 4190, 4230, 4258, 4267, 4269, 4277,
                                         4283, 4312, 4314, 4322, 4326, 4490, 4555, 4612, 4617, 4674, 4755,
                                         4759, 4937, 4979, 5527, 6318, 6667, 6668, 6783, 7844, 9000, 9057};

bool is_number(const std::string &text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

bool is_longitude_first_code(const std::string &name)
{
    return name == "OGC:CRS84" || name == "OGC:CRS83" || name == "OGC:CRS27";
}

bool is_geographic_epsg(const std::string &name)
{
    return begins_with(name, "EPSG:") && std::find(kGeographicCodes.begin(), kGeographicCodes.end(),
                                                   std::atoi(name.c_str() + 5)) != kGeographicCodes.end();
}

/// Has what stands between each `opening` and the next `closing` the slash of a path?
bool has_path_after(const std::string &text, const std::string &opening, char closing)
{
    for (auto at = text.find(opening); at != std::string::npos; at = text.find(opening, at + 1))
    {
        const auto begin = at + opening.size();
        const auto slash = text.find_first_of("/\\", begin);
        if (slash != std::string::npos && slash < text.find(closing, begin))
        {
            return true;
        }
    }
    return false;
}

} // namespace

std::string crs_name(const std::string &crs)
{
    std::string text = crs;
    if (text.size() > 2 && text.front() == '[' && text.back() == ']')
    {
        text = text.substr(1, text.size() - 2);
    }
    if (text.size() > 100 || text.find_first_of(" [{\"") != std::string::npos)
    {
        return crs;
    }
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
    const std::size_t last = text.find_last_of(":/");
    if (last == std::string::npos)
    {
        return text == "CRS84" ? "OGC:CRS84" : crs;
    }
    const std::string code = text.substr(last + 1);
    const std::string before = text.substr(0, last);
    for (const char *prefix : {"", "URN:OGC:DEF:CRS:", "HTTP://WWW.OPENGIS.NET/DEF/CRS/",
                               "HTTPS://WWW.OPENGIS.NET/DEF/CRS/", "HTTP://OPENGIS.NET/DEF/CRS/"})
    {
        const std::string root = prefix;
        if (before.compare(0, root.size(), root) != 0)
        {
            continue;
        }
        const std::string authority = before.substr(root.size(), before.find_first_of(":/", root.size()) - root.size());
        const bool is_code =
            (authority == "OGC" && begins_with(code, "CRS")) ||
            ((authority == "EPSG" || authority == "ESRI" || authority == "IAU_2015") && is_number(code));
        if (is_code)
        {
            return std::string(authority).append(":").append(code);
        }
    }
    return crs;
}

bool is_geographic_crs(const std::string &crs)
{
    const std::string name = crs_name(crs);
    if (is_longitude_first_code(name) || is_geographic_epsg(name))
    {
        return true;
    }
    if (begins_with(crs, "{"))
    {
        return crs.find("\"GeographicCRS\"") < crs.find("\"ProjectedCRS\"");
    }
    return begins_with(crs, "GEOGCS[") || begins_with(crs, "GEOGCRS[") || begins_with(crs, "GEOGRAPHICCRS[");
}

bool names_a_file(const std::string &crs)
{
    std::string text;
    std::copy_if(crs.begin(), crs.end(), std::back_inserter(text),
                 [](unsigned char c) { return std::isspace(c) == 0; });
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return has_path_after(text, "proj=", '"') || has_path_after(text, "init=", '"') ||
           has_path_after(text, "parameterfile[", ']') || has_path_after(text, "\"value\":\"", '"');
}

CrsFacts facts_of_common_crs(const std::string &crs)
{
    constexpr double kMetresPerDegree = 3.14159265358979323846 * 6378137 / 180;
    CrsFacts facts;
    facts.northing_first = is_geographic_epsg(crs_name(crs));
    facts.geographic = is_geographic_crs(crs);
    facts.metres_per_unit = facts.geographic ? kMetresPerDegree : 1;
    return facts;
}

} // namespace tiledir::stac
