#include "stac/utc_time.h"

#include <array>

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

} // namespace tiledir::stac
