#include "driver/raster/folder/time_argument.h"

#include "stac/error.h"

#include <cpl_time.h>
#include <ogr_core.h>

#include <charconv>
#include <map>
#include <optional>

namespace tiledir::raster
{
namespace
{

std::optional<std::time_t> seconds_ago(const std::string &text)
{
    static const std::map<std::string, std::time_t> kUnits = {{"s", 1}, {"min", 60}, {"h", 3600}, {"d", 86400}};
    constexpr long long kMost = 1'000'000'000;
    long long number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    const auto unit = kUnits.find(std::string(end, text.data() + text.size()));
    const bool is_one = failure == std::errc() && number >= 0 && number < kMost && unit != kUnits.end();
    return is_one ? std::optional(static_cast<std::time_t>(number) * unit->second) : std::nullopt;
}

} // namespace

std::time_t time_argument(const std::string &text, std::time_t now)
{
    if (const auto ago = seconds_ago(text))
    {
        return now - *ago;
    }
    OGRField field = {};
    if (text.size() < 8 || OGRParseDate(text.c_str(), &field, 0) == FALSE)
    {
        throw InputError(
            "--since: is '" + text +
            "', should be a time like 2026-11-25T09:30:00Z or 2026-11-25, or how long ago: 90s, 15min, 2h, 3d");
    }
    std::tm time = {};
    time.tm_year = field.Date.Year - 1900;
    time.tm_mon = field.Date.Month - 1;
    time.tm_mday = field.Date.Day;
    time.tm_hour = field.Date.Hour;
    time.tm_min = field.Date.Minute;
    time.tm_sec = static_cast<int>(field.Date.Second);
    constexpr int kUtc = 100; // and a quarter of an hour each step
    constexpr int kStep = 900;
    const int east = field.Date.TZFlag > 1 ? (field.Date.TZFlag - kUtc) * kStep : 0;
    return static_cast<std::time_t>(CPLYMDHMSToUnixTime(&time)) - east;
}

} // namespace tiledir::raster
