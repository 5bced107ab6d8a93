#include "driver/trees/tile_scheme.h"

#include <cpl_port.h>

#include <algorithm>

namespace tiledir::driver
{

namespace
{

void replace_all(std::string &text, const std::string &what, const std::string &with)
{
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    {
        text.replace(at, what.size(), with);
    }
}

/// Without its extension, with the short names of parameters.
std::string plain_template(std::string text)
{
    replace_all(text, "{TileMatrix}", "{z}");
    replace_all(text, "{TileCol}", "{x}");
    replace_all(text, "{TileRow}", "{y}");
    return text.substr(0, text.rfind("}.") == std::string::npos ? 0 : text.rfind("}.") + 1);
}

} // namespace

const char *const kSchemes = "XYZ ({z}/{x}/{y}), TMS ({z}/{x}/{-y}), ZYX ({z}/{y}/{x}), ZYX_TMS ({z}/{-y}/{x}) or a "
                             "template such as {z}/{x}/{-y}.png";

const std::array<TileScheme, 4> &TileScheme::all()
{
    static constexpr std::array<TileScheme, 4> kAll{{{false, false}, {false, true}, {true, false}, {true, true}}};
    return kAll;
}

const char *TileScheme::name() const
{
    const char *from_above = row_first ? "ZYX" : "XYZ";
    const char *from_below = row_first ? "ZYX_TMS" : "TMS";
    return rows_from_below ? from_below : from_above;
}

std::optional<TileScheme> TileScheme::of(const std::string &text)
{
    const std::string plain = plain_template(text);
    const auto found =
        std::find_if(all().begin(), all().end(),
                     [&](const TileScheme &scheme)
                     { return EQUAL(text.c_str(), scheme.name()) || plain + "." == scheme.href("", false); });
    return found == all().end() ? std::nullopt : std::optional<TileScheme>(*found);
}

std::int64_t TileScheme::row(const TileName &tile, const stac::TileMatrix &matrix) const
{
    const std::int64_t number = row_first ? tile.folder : tile.file;
    return rows_from_below == matrix.origin_is_bottom_left ? number : matrix.matrix_height - 1 - number;
}

stac::TileRange TileScheme::range(const NameRange &folders, const NameRange &files,
                                  const stac::TileMatrix &matrix) const
{
    if (folders.empty() || files.empty())
    {
        return {};
    }
    const TileName least{folders.min, files.min};
    const TileName most{folders.max, files.max};
    const auto rows = std::minmax({row(least, matrix), row(most, matrix)});
    return {rows.first, rows.second, col(least), col(most)};
}

std::string TileScheme::href(const std::string &extension, bool origin_is_bottom_left) const
{
    const std::string row = rows_from_below == origin_is_bottom_left ? "{y}" : "{-y}";
    return (row_first ? "{z}/" + row + "/{x}." : "{z}/{x}/" + row + ".") + extension;
}

} // namespace tiledir::driver
