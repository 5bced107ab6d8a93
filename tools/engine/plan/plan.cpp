#include "tools/engine/plan/plan.h"

#include "driver/raster/pyramid/subtree.h"
#include "stac/grid/tile_walk.h"

#include <algorithm>

namespace tiledir::engine
{
namespace
{

const stac::TileMatrix &matrix_of(const stac::TileMatrixSet &grid, int level)
{
    return grid.matrices[static_cast<std::size_t>(level)];
}

stac::TileRange under(const stac::TileMatrixSet &grid, int level, const stac::TileRange &range, int finer)
{
    const stac::TileMatrix &coarse = matrix_of(grid, level);
    return matrix_of(grid, finer).tiles_covering(coarse.bounds(coarse.range_window(range)));
}

/// Batches of what lies under `root`, a range of `top`: all of it, or, where that is too much, of parts of the range.
bool cut(const stac::TileMatrixSet &grid, int level, const stac::TileSet &tiles, int top, const stac::TileRange &root,
         const BatchLimits &limits, const std::function<bool(Batch)> &visit)
{
    const bool is_one = root.count() == 1;
    if (tiles.empty())
    {
        return true;
    }
    if ((is_one && top == level) || !limits.tiles || tiles.count() <= limits.tiles())
    {
        return visit({level, tiles, top, root});
    }
    const stac::TileRange range = is_one ? stac::children(grid, top, root) : root;
    const int part_top = is_one ? top + 1 : top;
    const auto middle = [](std::int64_t first, std::int64_t last) { return first + (last - first) / 2; };
    const std::int64_t row = middle(range.min_row, range.max_row);
    const std::int64_t col = middle(range.min_col, range.max_col);
    for (const stac::TileRange &part : {stac::TileRange{range.min_row, row, range.min_col, col},
                                        {range.min_row, row, col + 1, range.max_col},
                                        {row + 1, range.max_row, range.min_col, col},
                                        {row + 1, range.max_row, col + 1, range.max_col}})
    {
        if (part.empty())
        {
            continue;
        }
        const stac::TileRange lies = part_top < level ? under(grid, part_top, part, level) : part;
        if (!cut(grid, level, tiles.within(lies), part_top, part, limits, visit))
        {
            return false;
        }
    }
    return true;
}

/// Batches of one level, without overviews.
bool cut_squares(const stac::TileMatrixSet &grid, int level, const stac::TileSet &tiles, std::int64_t side,
                 const BatchLimits &limits, const std::function<bool(Batch)> &visit)
{
    return stac::for_each_square(tiles, side,
                                 [&](const stac::TileSet &part, const stac::TileRange &square)
                                 { return cut(grid, level, part, level, square, limits, visit); });
}

std::int64_t tile_pixels(const stac::TileMatrix &matrix)
{
    return std::max(matrix.tile_width, matrix.tile_height);
}

} // namespace

std::int64_t pixels_together(const ResolvedRecipe &resolved)
{
    constexpr std::int64_t kMostBytes = 256 << 20;
    const std::int64_t tile = std::max(resolved.format.width, resolved.format.height);
    const std::int64_t pixel = resolved.format.block_bands() * GDALGetDataTypeSizeBytes(resolved.format.type);
    std::int64_t side = raster::kPixelsTogether;
    while (side / 2 >= tile && side * side * pixel > kMostBytes)
    {
        side /= 2;
    }
    return std::max(side, tile);
}

stac::LevelSets selected_tiles(const ResolvedRecipe &resolved)
{
    stac::LevelSets selected = resolved.more_tiles;
    selected[resolved.finest].insert(resolved.selection);
    for (int level = resolved.finest; level > resolved.coarsest; --level)
    {
        selected[level - 1].insert(stac::parents(resolved.grid, level, selected[level]));
    }
    return selected;
}

Plan::Plan(const ResolvedRecipe &resolved, const stac::LevelSets &done)
    : m_resolved(resolved)
{
    stac::LevelSets selected = selected_tiles(resolved);
    const auto not_done = [&](int level)
    {
        stac::TileSet tiles = std::move(selected[level]);
        tiles.erase(done.at(level));
        return tiles;
    };
    // Above every base tile there is.
    stac::TileSet all;
    if (resolved.finest > resolved.coarsest)
    {
        all = stac::parents(resolved.grid, resolved.finest, selected[resolved.finest]);
        all.insert(stac::parents(resolved.grid, resolved.finest, done.at(resolved.finest)));
    }
    m_computed[resolved.finest] = not_done(resolved.finest);
    const stac::TileSet *renewed = &m_computed[resolved.finest];
    for (int level = resolved.finest - 1; level >= resolved.coarsest; --level)
    {
        if (resolved.recipe.overviews_from_process)
        {
            m_computed[level] = not_done(level);
            continue;
        }
        // Those that are not made yet, and those above what is made now.
        stac::TileSet missing = all;
        missing.erase(done.at(level));
        missing.insert(stac::parents(resolved.grid, level + 1, *renewed, resolved.overview_halo()).common(all));
        renewed = &(m_overviews[level] = std::move(missing));
        all = level > resolved.coarsest ? stac::parents(resolved.grid, level, all) : stac::TileSet();
    }
}

std::int64_t Plan::count() const
{
    return computed_count() + m_overviews.count();
}

std::int64_t Plan::computed_count() const
{
    return m_computed.count();
}

void Plan::for_each_batch(const BatchLimits &limits, const std::function<bool(Batch)> &visit) const
{
    for (auto computed = m_computed.rbegin(); computed != m_computed.rend(); ++computed)
    {
        const int level = computed->first;
        const stac::TileSet &tiles = computed->second;
        const std::int64_t pixels = tile_pixels(m_resolved.matrix(level));
        int top = level;
        stac::TileSet roots = tiles;
        for (std::int64_t side = 2; m_resolved.overview_halo() == 0 && top > m_resolved.coarsest &&
                                    side * pixels <= limits.pixels && stac::nests(m_resolved.grid, top);
             side *= 2)
        {
            roots = stac::parents(m_resolved.grid, top, roots);
            --top;
        }
        const auto cut_root = [&](std::int64_t row, std::int64_t col)
        {
            const stac::TileRange root{row, row, col, col};
            const stac::TileSet part = tiles.within(under(m_resolved.grid, top, root, level));
            return cut(m_resolved.grid, level, part, top, root, limits, visit);
        };
        const std::int64_t side = std::max<std::int64_t>(1, limits.pixels / pixels);
        if (!(top < level ? stac::for_each_tile(roots, cut_root)
                          : cut_squares(m_resolved.grid, level, tiles, side, limits, visit)))
        {
            return;
        }
    }
}

void for_each_overview_batch(const ResolvedRecipe &resolved, int level, const stac::TileSet &tiles,
                             const BatchLimits &limits, const std::function<bool(Batch)> &visit)
{
    cut_squares(resolved.grid, level, tiles,
                std::max<std::int64_t>(1, limits.pixels / 2 / tile_pixels(resolved.matrix(level))), limits, visit);
}

} // namespace tiledir::engine
