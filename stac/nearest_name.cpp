#include "stac/nearest_name.h"

#include <algorithm>
#include <cctype>
#include <numeric>

namespace tiledir::stac
{
namespace
{

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

} // namespace

bool same_ignoring_case(const std::string &left, const std::string &right)
{
    return lower(left) == lower(right);
}

std::size_t edit_distance(const std::string &left, const std::string &right)
{
    const std::string a = lower(left);
    const std::string b = lower(right);
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (std::size_t i = 0; i < a.size(); ++i)
    {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j)
        {
            const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

std::string nearest_name(const std::string &name, const std::vector<std::string> &known)
{
    std::string best;
    std::size_t best_distance = std::max<std::size_t>(name.size() / 2, 2) + 1;
    for (const auto &candidate : known)
    {
        const std::size_t distance = edit_distance(name, candidate);
        if (distance < best_distance)
        {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

} // namespace tiledir::stac
