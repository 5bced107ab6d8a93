#include "driver/store/random_id.h"

#include <array>
#include <cstdio>
#include <random>

namespace tiledir::store
{

namespace
{

constexpr std::size_t kDigits = 32;

} // namespace

std::string random_id()
{
    std::random_device random;
    std::array<char, kDigits + 1> text{};
    std::snprintf(text.data(), text.size(), "%08x%08x%08x%08x", random(), random(), random(), random());
    return text.data();
}

bool is_random_id(const std::string &text)
{
    return text.size() == kDigits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

} // namespace tiledir::store
