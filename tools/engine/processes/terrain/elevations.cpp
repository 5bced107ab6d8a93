#include "tools/engine/processes/terrain/elevations.h"

#include "stac/error.h"
#include "stac/nearest_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <optional>

namespace tiledir::engine
{
namespace
{

constexpr double kMetresPerFoot = 0.3048;
constexpr double kMetresPerSurveyFoot = 1200.0 / 3937.0;

bool is_one_of(const std::string &unit, std::initializer_list<const char *> names)
{
    return std::any_of(names.begin(), names.end(),
                       [&](const char *name) { return stac::same_ignoring_case(unit, name); });
}

/// Nullopt where the unit is not known; a band that tells none has metres.
std::optional<double> known_metres(const std::string &unit)
{
    if (is_one_of(unit, {"", "m", "metre", "metres", "meter", "meters"}))
    {
        return 1;
    }
    if (is_one_of(unit, {"ft", "foot", "feet", "international foot"}))
    {
        return kMetresPerFoot;
    }
    if (is_one_of(unit, {"us-ft", "ftus", "us survey foot", "us survey feet", "survey foot", "foot_us"}))
    {
        return kMetresPerSurveyFoot;
    }
    return std::nullopt;
}

} // namespace

double metres_of_unit(const std::string &unit)
{
    return known_metres(unit).value_or(1);
}

void make_elevations(std::vector<raster::MosaicFile> &files)
{
    const std::string unit = files.front().unit;
    const std::optional<double> metres = known_metres(unit);
    for (raster::MosaicFile &file : files)
    {
        const std::optional<double> own = known_metres(file.unit);
        if (file.unit != unit && (!own || !metres))
        {
            throw InputError(fmt::format("{}: its unit is '{}', that of the first file '{}', and only metres and feet "
                                         "can be brought to each other; give all files one unit",
                                         file.path, file.unit, unit));
        }
        const double ratio = own && metres ? *own / *metres : 1;
        file.factor = file.scale * ratio;
        file.summand = file.offset * ratio;
    }
}

void check_same_values(const std::vector<raster::MosaicFile> &files)
{
    const raster::MosaicFile &first = files.front();
    for (const raster::MosaicFile &file : files)
    {
        const auto refuse = [&](const char *what, const auto &own, const auto &others)
        {
            throw InputError(fmt::format("{}: its {} is '{}', that of the first file '{}'; all files of an input need "
                                         "the same",
                                         file.path, what, own, others));
        };
        if (file.unit != first.unit)
        {
            refuse("unit", file.unit, first.unit);
        }
        if (file.scale != first.scale)
        {
            refuse("scale", file.scale, first.scale);
        }
        if (file.offset != first.offset)
        {
            refuse("offset", file.offset, first.offset);
        }
    }
}

} // namespace tiledir::engine
