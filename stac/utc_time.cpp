#include "stac/utc_time.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace tiledir::stac
{

namespace
{

bool has_shape(const std::string &text, const std::string &shape)
{
    return std::equal(text.begin(), text.end(), shape.begin(), shape.end(),
                      [](char letter, char expected)
                      {
                          return expected == 'd'   ? letter >= '0' && letter <= '9'
                                 : expected == 't' ? letter == 'T' || letter == 't'
                                                   : letter == expected;
                      });
}

int number_in(const std::string &text, std::size_t from, std::size_t digits)
{
    return std::stoi(text.substr(from, digits));
}

} // namespace

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
    constexpr std::size_t kSeconds = 19; // as far as 2024-05-31T12:00:00
    const std::string whole = "dddd-dd-ddtdd:dd:dd";
    const std::size_t zone =
        text.find_first_not_of("0123456789", text.size() > kSeconds && text[kSeconds] == '.' ? kSeconds + 1 : kSeconds);
    if (text.size() <= kSeconds || zone == std::string::npos || (text[kSeconds] == '.' && zone == kSeconds + 1))
    {
        return false;
    }
    const std::string offset = text.substr(zone);
    const bool is_zone = offset == "Z" || offset == "z" ||
                         ((offset[0] == '+' || offset[0] == '-') && has_shape(offset.substr(1), "dd:dd") &&
                          number_in(offset, 1, 2) <= 23 && number_in(offset, 4, 2) <= 59);
    if (!is_zone || !has_shape(text.substr(0, kSeconds), whole))
    {
        return false;
    }
    const int year = number_in(text, 0, 4);
    const int month = number_in(text, 5, 2);
    const int day = number_in(text, 8, 2);
    const bool leaps = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    const std::array days{31, leaps ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month >= 1 && month <= 12 && day >= 1 && day <= days[static_cast<std::size_t>(month - 1)] &&
           number_in(text, 11, 2) <= 23 && number_in(text, 14, 2) <= 59 && number_in(text, 17, 2) <= 60;
}

} // namespace tiledir::stac
