#include "stac/grid/tile_matrix_set.h"

#include "stac/error.h"
#include "stac/grid/crs_name.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tiledir::stac
{

namespace
{

constexpr double kCellTolerance = 1e-9;
constexpr double kMaxShift = 9007199254740992.0; // pixels of the finer matrix; larger numbers are never exact
constexpr double kDriftTolerance = 0.01;         // pixels of the finer matrix, over the whole matrix

void check_size(const char *name, int value)
{
    if (value < 1 || value > kMaxTileSize)
    {
        throw InputError(std::string(name) + ": is " + std::to_string(value) + ", should be from 1 to " +
                         std::to_string(kMaxTileSize));
    }
}

TileMatrix derived_matrix(const TileMatrix &plain, int tile_size, int metatile)
{
    TileMatrix matrix = plain;
    const double shrink = static_cast<double>(plain.tile_width) / tile_size;
    matrix.cell_size = plain.cell_size * shrink;
    matrix.scale_denominator = plain.scale_denominator * shrink;
    matrix.tile_width = tile_size * metatile;
    matrix.tile_height = tile_size * metatile;
    matrix.matrix_width = divided_up(plain.matrix_width, metatile);
    matrix.matrix_height = divided_up(plain.matrix_height, metatile);
    return matrix;
}

bool whole(double value, double tolerance)
{
    return std::abs(value - std::round(value)) <= tolerance;
}

bool same_matrix(const TileMatrix &one, const TileMatrix &other)
{
    const double tolerance = kCellTolerance * one.cell_size;
    return one.id == other.id && one.origin_is_bottom_left == other.origin_is_bottom_left &&
           one.tile_width == other.tile_width && one.tile_height == other.tile_height &&
           one.matrix_width == other.matrix_width && one.matrix_height == other.matrix_height &&
           std::abs(one.cell_size - other.cell_size) <= tolerance &&
           std::abs(one.origin_x - other.origin_x) <= tolerance && std::abs(one.origin_y - other.origin_y) <= tolerance;
}

} // namespace

TileMatrixSet TileMatrixSet::derived(int tile_size, int metatile) const
{
    check_size("tile_size", tile_size);
    check_size("metatile", metatile);
    if (static_cast<std::int64_t>(tile_size) * metatile > kMaxTileSize)
    {
        throw InputError("metatile: " + std::to_string(metatile) + " tiles of " + std::to_string(tile_size) +
                         " pixels are more than " + std::to_string(kMaxTileSize) + " pixels a side");
    }
    const bool same_size =
        std::all_of(matrices.begin(), matrices.end(),
                    [tile_size](const TileMatrix &matrix) { return matrix.tile_width == tile_size; });
    TileMatrixSet set = *this;
    if (same_size && metatile == 1)
    {
        return set;
    }
    for (TileMatrix &matrix : set.matrices)
    {
        if (matrix.tile_width != matrix.tile_height)
        {
            throw InputError("tile matrix " + matrix.id + " of " + id + ": tiles of " +
                             std::to_string(matrix.tile_width) + " x " + std::to_string(matrix.tile_height) +
                             " pixels take no other tile_size or metatile, only square ones do");
        }
        matrix = derived_matrix(matrix, tile_size, metatile);
    }
    set.uri.clear();
    set.id += same_size ? "" : "_" + std::to_string(tile_size);
    set.id += metatile == 1 ? "" : "_m" + std::to_string(metatile);
    return set;
}

std::optional<int> TileMatrixSet::index_of(const std::string &matrix_id) const
{
    const auto found = std::find_if(matrices.begin(), matrices.end(),
                                    [&matrix_id](const TileMatrix &matrix) { return matrix.id == matrix_id; });
    return found == matrices.end() ? std::nullopt : std::optional(static_cast<int>(found - matrices.begin()));
}

std::optional<int> TileMatrixSet::ratio(int finer, int coarser) const
{
    const TileMatrix &fine = matrices.at(finer);
    const TileMatrix &coarse = matrices.at(coarser);
    const double cells = coarse.cell_size / fine.cell_size;
    const PixelWindow window = coarse.window();
    const auto pixels = static_cast<double>(std::max(window.width, window.height));
    if (std::round(cells) < 1 || cells > std::numeric_limits<int>::max() || !whole(cells, kDriftTolerance / pixels))
    {
        return std::nullopt;
    }
    const double tolerance = kDriftTolerance * fine.cell_size / coarse.cell_size;
    const double shift_x = (fine.origin_x - coarse.origin_x) / coarse.cell_size;
    const double shift_y = (fine.top() - coarse.top()) / coarse.cell_size;
    if (!whole(shift_x, tolerance) || !whole(shift_y, tolerance) ||
        std::max(std::abs(shift_x), std::abs(shift_y)) * cells > kMaxShift)
    {
        return std::nullopt;
    }
    return static_cast<int>(std::lround(cells));
}

bool TileMatrixSet::same_grid(const TileMatrixSet &other) const
{
    return crs_name(crs) == crs_name(other.crs) &&
           std::equal(matrices.begin(), matrices.end(), other.matrices.begin(), other.matrices.end(), same_matrix);
}

} // namespace tiledir::stac
