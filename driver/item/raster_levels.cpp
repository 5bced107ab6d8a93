#include "driver/item/raster_levels.h"

#include "stac/error.h"
#include "stac/item/item_extent.h"

#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

namespace tiledir::driver
{

namespace
{

constexpr std::int64_t kMaxRasterSize = std::numeric_limits<int>::max();
constexpr double kMaxGrowth = 1.0 / 16;

/// Tiles of a matrix that the item speaks of.
stac::TileRange tiles_of_matrix(const stac::TiledAssetsItem &item, const stac::TileMatrix &matrix)
{
    if (item.limits.empty())
    {
        return matrix.range();
    }
    const auto found = item.limits.find(matrix.id);
    return found == item.limits.end() ? stac::TileRange{}
                                      : found->second.intersection(matrix.range()).value_or(stac::TileRange{});
}

std::int64_t floor_to(std::int64_t value, std::int64_t step)
{
    const std::int64_t rest = value % step;
    return value - (rest < 0 ? rest + step : rest);
}

std::int64_t ceil_to(std::int64_t value, std::int64_t step)
{
    return -floor_to(-value, step);
}

stac::PixelWindow aligned(const stac::PixelWindow &window, std::int64_t col_step, std::int64_t row_step)
{
    const std::int64_t col = floor_to(window.col, col_step);
    const std::int64_t row = floor_to(window.row, row_step);
    return {col, row, ceil_to(window.col + window.width, col_step) - col,
            ceil_to(window.row + window.height, row_step) - row};
}

bool fits_gdal(const stac::PixelWindow &window)
{
    return window.width <= kMaxRasterSize && window.height <= kMaxRasterSize;
}

bool cheap(const stac::PixelWindow &grown, const stac::PixelWindow &limits)
{
    const auto area = [](const stac::PixelWindow &window)
    { return static_cast<double>(window.width) * static_cast<double>(window.height); };
    return area(grown) <= area(limits) * (1 + kMaxGrowth);
}

/// The base's window in pixels of a coarser matrix that nests in it; the matrices may begin at different corners.
stac::PixelWindow coarser_window(const stac::PixelWindow &base, const stac::TileMatrix &finer,
                                 const stac::TileMatrix &coarser, int ratio)
{
    const auto shift_x = std::llround((finer.origin_x - coarser.origin_x) / finer.cell_size);
    const auto shift_y = std::llround((coarser.top() - finer.top()) / finer.cell_size);
    return {(base.col + shift_x) / ratio, (base.row + shift_y) / ratio, base.width / ratio, base.height / ratio};
}

int base_matrix(const stac::TiledAssetsItem &item, const OpenOptions &options)
{
    const auto &matrices = item.tile_matrix_set.matrices;
    if (!options.level.empty())
    {
        const auto index = item.tile_matrix_set.index_of(options.level);
        if (!index)
        {
            throw InputError("open option LEVEL: " + item.tile_matrix_set.id + " has no tile matrix '" + options.level +
                             "', it has " + matrices.front().id + " to " + matrices.back().id);
        }
        return static_cast<int>(*index);
    }
    for (int index = static_cast<int>(matrices.size()) - 1; index >= 0; --index)
    {
        if (!tiles_of_matrix(item, matrices[index]).empty())
        {
            return index;
        }
    }
    throw InputError("tiles:tile_matrix_links: no tile matrix of " + item.tile_matrix_set.id + " has tiles");
}

stac::TileRange extent_of(const stac::TiledAssetsItem &item, const stac::TileMatrix &matrix, const OpenOptions &options)
{
    if (options.whole_matrix)
    {
        return matrix.range();
    }
    if (options.bounds)
    {
        const stac::TileRange tiles = matrix.tiles_covering(*options.bounds);
        if (tiles.empty())
        {
            throw InputError("open option EXTENT: lies beyond tile matrix " + matrix.id);
        }
        return tiles;
    }
    const stac::TileRange tiles = tiles_of_matrix(item, matrix);
    if (tiles.empty())
    {
        throw InputError("open option LEVEL: tile matrix " + matrix.id + " has no tiles");
    }
    return tiles;
}

/// The extent is just what the item says: an overview that begins where it begins may end a part of a pixel later, as
/// those of other formats do.
std::vector<RasterLevel> levels_of_extent(const stac::TiledAssetsItem &item, int base, const stac::PixelWindow &extent)
{
    const stac::TileMatrixSet &grid = item.tile_matrix_set;
    std::vector<RasterLevel> levels{{base, 1, extent}};
    for (int index = base - 1; index >= 0; --index)
    {
        const stac::TileMatrix &matrix = grid.matrices[index];
        const std::optional<int> ratio = grid.ratio(base, index);
        if (!ratio || *ratio < 2 || tiles_of_matrix(item, matrix).empty())
        {
            continue;
        }
        const stac::PixelWindow grown = aligned(extent, *ratio, *ratio);
        const stac::PixelWindow window = coarser_window(grown, grid.matrices[base], matrix, *ratio);
        const stac::Bounds begin = grid.matrices[base].bounds({extent.col, extent.row, 1, 1});
        const stac::Bounds coarse_begin = matrix.bounds({window.col, window.row, 1, 1});
        const double tolerance = grid.matrices[base].cell_size / 2;
        if (std::abs(begin.min_x - coarse_begin.min_x) < tolerance &&
            std::abs(begin.max_y - coarse_begin.max_y) < tolerance)
        {
            levels.push_back({index, *ratio, window});
        }
    }
    return levels;
}

} // namespace

std::vector<RasterLevel> raster_levels(const stac::TiledAssetsItem &item, const OpenOptions &options)
{
    const stac::TileMatrixSet &grid = item.tile_matrix_set;
    const int base = base_matrix(item, options);
    const stac::TileMatrix &finest = grid.matrices[base];
    const stac::PixelWindow limits = finest.range_window(extent_of(item, finest, options));
    const bool by_limits = !options.whole_matrix && !options.bounds;
    const auto extent = by_limits ? item_extent(item, finest) : std::nullopt;
    if (extent && extent->intersection(limits) == extent && fits_gdal(*extent))
    {
        return options.level.empty() ? levels_of_extent(item, base, *extent)
                                     : std::vector<RasterLevel>{{base, 1, *extent}};
    }
    if (!fits_gdal(limits))
    {
        throw InputError("tile matrix " + finest.id + ": " + std::to_string(limits.width) + " x " +
                         std::to_string(limits.height) + " pixels, GDAL takes at most " +
                         std::to_string(kMaxRasterSize) +
                         " a side: give its limits in tiles:tile_matrix_links, or open option EXTENT");
    }
    if (!options.level.empty())
    {
        return {{base, 1, limits}};
    }
    std::vector<RasterLevel> levels{{base, 1, limits}};
    stac::PixelWindow window = limits;
    std::int64_t col_step = finest.tile_width;
    std::int64_t row_step = finest.tile_height;
    for (int index = base - 1; index >= 0; --index)
    {
        const std::optional<int> ratio = grid.ratio(base, index);
        if (!ratio || *ratio < 2 || tiles_of_matrix(item, grid.matrices[index]).empty())
        {
            continue;
        }
        const std::int64_t wider_col_step = std::lcm(col_step, static_cast<std::int64_t>(*ratio));
        const std::int64_t wider_row_step = std::lcm(row_step, static_cast<std::int64_t>(*ratio));
        const stac::PixelWindow grown = aligned(window, wider_col_step, wider_row_step);
        if (!fits_gdal(grown) || !cheap(grown, limits))
        {
            continue;
        }
        window = grown;
        col_step = wider_col_step;
        row_step = wider_row_step;
        levels.push_back({index, *ratio, {}});
    }
    levels.front().window = window;
    for (auto level = levels.begin() + 1; level != levels.end(); ++level)
    {
        level->window = coarser_window(window, finest, grid.matrices[level->matrix], level->ratio);
    }
    return levels;
}

} // namespace tiledir::driver
