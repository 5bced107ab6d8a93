#include "stac/utc_time.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace tiledir::stac
{

std::string utc_time(std::time_t time)
{
    std::tm parts = {};
    gmtime_r(&time, &parts);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text.data();
}

bool is_datetime(const std::string &text)
{
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    double second = 0;
    int end = 0;
    const int read = std::sscanf(text.c_str(), "%4d-%2d-%2d%*1[Tt]%2d:%2d:%lf%n", &year, &month, &day, &hour, &minute,
                                 &second, &end);
    const std::string zone = text.substr(std::min<std::size_t>(text.size(), static_cast<std::size_t>(end)));
    return read == 6 && month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour <= 23 && minute <= 59 &&
           second < 61 && (zone == "Z" || zone == "z" || (zone.size() == 6 && zone[3] == ':'));
}

} // namespace tiledir::stac
