#include "stac/grid/href_template.h"

#include "stac/error.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <tuple>

namespace tiledir::stac
{

namespace
{

/// As many digits as there are halvings down to one tile.
std::string quadkey(const TileMatrix &matrix, std::int64_t row, std::int64_t col)
{
    std::string key;
    for (std::int64_t side = 1; side < std::max(matrix.matrix_width, matrix.matrix_height); side *= 2)
    {
        key += static_cast<char>('0' + (col & 1) + 2 * (row & 1));
        row >>= 1;
        col >>= 1;
    }
    std::reverse(key.begin(), key.end());
    return key;
}

/// The number that a text begins with at `at`, which then is after it; nullopt: there is none.
std::optional<std::int64_t> number_at(const std::string &text, std::size_t &at)
{
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data() + at, text.data() + text.size(), number);
    at = static_cast<std::size_t>(end - text.data());
    return failure == std::errc() ? std::optional(number) : std::nullopt;
}

bool is_number_of_tile(const std::string &parameter)
{
    static constexpr std::array kNumbers{"TileRow", "TileCol", "x", "y", "-y", "q"};
    return std::find(kNumbers.begin(), kNumbers.end(), parameter) != kNumbers.end();
}

/// Row and column of a quadkey.
std::pair<std::int64_t, std::int64_t> tile_of_quadkey(const std::string &text, std::size_t &at)
{
    std::pair<std::int64_t, std::int64_t> tile{0, 0};
    constexpr int kMostDigits = 53;
    for (int digits = 0; digits < kMostDigits && at < text.size() && text[at] >= '0' && text[at] <= '3'; ++digits, ++at)
    {
        tile.first = 2 * tile.first + (text[at] - '0') / 2;
        tile.second = 2 * tile.second + (text[at] - '0') % 2;
    }
    return tile;
}

} // namespace

HrefTemplate::HrefTemplate(const std::string &text)
    : m_text(text)
{
    std::size_t begin = 0;
    while (begin < text.size())
    {
        const std::size_t open = text.find('{', begin);
        if (open != begin)
        {
            m_parts.push_back({false, text.substr(begin, open == std::string::npos ? open : open - begin)});
        }
        if (open == std::string::npos)
        {
            break;
        }
        const std::size_t close = text.find_first_of("{}", open + 1);
        if (close == std::string::npos || text[close] == '{')
        {
            throw InputError("href template '" + text + "': '{' without a '}': a parameter is written {TileRow}");
        }
        const std::string name = text.substr(open + 1, close - open - 1);
        if (name.empty())
        {
            throw InputError("href template '" + text + "': {} has no name: a parameter is written {TileRow}");
        }
        if (!has(name))
        {
            m_parameters.push_back(name);
        }
        m_parts.push_back({true, name});
        begin = close + 1;
    }
}

bool HrefTemplate::has(const std::string &parameter) const
{
    return std::find(m_parameters.begin(), m_parameters.end(), parameter) != m_parameters.end();
}

std::string HrefTemplate::expand(const TileMatrix &matrix, std::int64_t tile_row, std::int64_t tile_col,
                                 const std::map<std::string, std::string> &values) const
{
    std::string href;
    for (const Part &part : m_parts)
    {
        if (!part.is_parameter)
        {
            href += part.text;
        }
        else if (part.text == "TileMatrix" || part.text == "z")
        {
            href += matrix.id;
        }
        else if (part.text == "TileRow" || part.text == "y")
        {
            href += std::to_string(tile_row);
        }
        else if (part.text == "TileCol" || part.text == "x")
        {
            href += std::to_string(tile_col);
        }
        else if (part.text == "-y")
        {
            href += std::to_string(matrix.matrix_height - 1 - tile_row);
        }
        else if (part.text == "q")
        {
            href += quadkey(matrix, tile_row, tile_col);
        }
        else if (const auto value = values.find(part.text); value != values.end())
        {
            href += value->second;
        }
        else
        {
            throw InputError("href template '" + m_text + "': no value for {" + part.text + "}");
        }
    }
    return href;
}

bool HrefTemplate::names_tiles() const
{
    const bool has_row = has("TileRow") || has("y") || has("-y");
    const bool has_col = has("TileCol") || has("x");
    return has("q") || (has_row && has_col);
}

bool HrefTemplate::may_be(const std::string &path) const
{
    std::vector<bool> ends(path.size() + 1); // where the parts so far may end
    ends[0] = true;
    for (const Part &part : m_parts)
    {
        std::vector<bool> next(path.size() + 1);
        const bool is_number = part.is_parameter && is_number_of_tile(part.text);
        bool inside = false;
        for (std::size_t at = 0; at < ends.size(); ++at)
        {
            if (!part.is_parameter)
            {
                if (ends[at] && path.compare(at, part.text.size(), part.text) == 0)
                {
                    next[at + part.text.size()] = true;
                }
                continue;
            }
            const bool goes_on =
                at > 0 && (is_number ? path[at - 1] >= '0' && path[at - 1] <= '9' : path[at - 1] != '/');
            next[at] = inside && goes_on;
            inside = next[at] || ends[at];
        }
        ends = std::move(next);
    }
    return ends.back();
}

std::optional<std::pair<std::int64_t, std::int64_t>>
HrefTemplate::tile_of(const std::string &path, const TileMatrix &matrix,
                      const std::map<std::string, std::string> &values) const
{
    std::optional<std::int64_t> row;
    std::optional<std::int64_t> col;
    std::size_t at = 0;
    for (const Part &part : m_parts)
    {
        const std::string &name = part.text;
        if (part.is_parameter && (name == "TileRow" || name == "y" || name == "-y"))
        {
            row = number_at(path, at);
            row = row && name == "-y" ? std::optional(matrix.matrix_height - 1 - *row) : row;
        }
        else if (part.is_parameter && (name == "TileCol" || name == "x"))
        {
            col = number_at(path, at);
        }
        else if (part.is_parameter && name == "q")
        {
            std::tie(row, col) = tile_of_quadkey(path, at);
        }
        else if (part.is_parameter && (name == "TileMatrix" || name == "z"))
        {
            at += matrix.id.size();
        }
        else if (part.is_parameter)
        {
            const auto value = values.find(name);
            at += value == values.end() ? 0 : value->second.size();
        }
        else
        {
            at += name.size();
        }
        if (at > path.size())
        {
            return std::nullopt;
        }
    }
    const bool is_one = row && col && matrix.range().contains(*row, *col) && expand(matrix, *row, *col, values) == path;
    return is_one ? std::optional(std::pair(*row, *col)) : std::nullopt;
}

} // namespace tiledir::stac
