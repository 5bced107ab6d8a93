#include "tools/engine/plan.h"

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

/// Squares of `side` tiles that hold any of the tiles, by their numbers.
stac::TileSet squares_of(const stac::TileSet &tiles, std::int64_t side)
{
    stac::TileSet squares;
    tiles.for_each_rows(
        [&](std::int64_t first_row, std::int64_t last_row, const stac::ColumnSet &columns)
        {
            stac::ColumnSet numbers;
            columns.for_each_run([&](std::int64_t first, std::int64_t last)
                                 { numbers.insert(first / side, last / side); });
            squares.insert(first_row / side, last_row / side, numbers);
        });
    return squares;
}

/// Visits tile after tile until `visit` returns false; says whether it went to the end.
bool for_each_tile(const stac::TileSet &tiles, const std::function<bool(std::int64_t row, std::int64_t col)> &visit)
{
    bool going = true;
    tiles.for_each_run(
        [&](std::int64_t row, std::int64_t first, std::int64_t last)
        {
            for (std::int64_t col = first; going && col <= last; ++col)
            {
                going = visit(row, col);
            }
        });
    return going;
}

/// Batches of squares of one level, without overviews.
bool for_each_square(int level, const stac::TileSet &tiles, std::int64_t side, const std::function<bool(Batch)> &visit)
{
    return for_each_tile(
        squares_of(tiles, side),
        [&](std::int64_t row, std::int64_t col)
        {
            const stac::TileRange square{row * side, row * side + side - 1, col * side, col * side + side - 1};
            return visit({level, tiles.within(square), level, square});
        });
}

} // namespace

stac::LevelSets selected_tiles(const Job &job)
{
    stac::LevelSets selected = job.also;
    selected[job.finest].insert(job.selection);
    for (int level = job.finest; level > job.coarsest; --level)
    {
        selected[level - 1].insert(stac::parents(job.grid, level, selected[level]));
    }
    return selected;
}

Plan::Plan(const Job &job, const stac::LevelSets &done)
    : m_job(job)
{
    const stac::TileSet none;
    const auto done_at = [&](int level) -> const stac::TileSet &
    {
        const auto found = done.find(level);
        return found == done.end() ? none : found->second;
    };
    stac::LevelSets selected = selected_tiles(job);
    const auto not_done = [&](int level)
    {
        stac::TileSet tiles = std::move(selected[level]);
        tiles.erase(done_at(level));
        return tiles;
    };
    // Above every base tile there is.
    stac::TileSet all;
    if (job.finest > job.coarsest)
    {
        all = stac::parents(job.grid, job.finest, selected[job.finest]);
        all.insert(stac::parents(job.grid, job.finest, done_at(job.finest)));
    }
    m_computed[job.finest] = not_done(job.finest);
    const stac::TileSet *renewed = &m_computed[job.finest];
    for (int level = job.finest - 1; level >= job.coarsest; --level)
    {
        if (job.recipe.overviews_from_process)
        {
            m_computed[level] = not_done(level);
            continue;
        }
        // Those that are not made yet, and those above what is made now.
        stac::TileSet missing = all;
        missing.erase(done_at(level));
        missing.insert(stac::parents(job.grid, level + 1, *renewed, job.overview_halo()).common(all));
        renewed = &(m_overviews[level] = std::move(missing));
        all = level > job.coarsest ? stac::parents(job.grid, level, all) : stac::TileSet();
    }
}

std::int64_t Plan::count() const
{
    std::int64_t count = 0;
    for (const stac::LevelSets *sets : {&m_computed, &m_overviews})
    {
        for (const auto &[level, tiles] : *sets)
        {
            count += tiles.count();
        }
    }
    return count;
}

void Plan::for_each_batch(const std::function<bool(Batch)> &visit) const
{
    for (auto computed = m_computed.rbegin(); computed != m_computed.rend(); ++computed)
    {
        const int level = computed->first;
        const stac::TileSet &tiles = computed->second;
        const stac::TileMatrix &matrix = m_job.matrix(level);
        const std::int64_t tile_pixels = std::max(matrix.tile_width, matrix.tile_height);
        int top = level;
        stac::TileSet roots = tiles;
        for (std::int64_t side = 2; m_job.overview_halo() == 0 && top > m_job.coarsest &&
                                    side * tile_pixels <= kBatchPixels && stac::nests(m_job.grid, top);
             side *= 2)
        {
            roots = stac::parents(m_job.grid, top, roots);
            --top;
        }
        const auto visit_root = [&](std::int64_t row, std::int64_t col)
        {
            const stac::TileRange root{row, row, col, col};
            return visit({level, tiles.within(under(m_job.grid, top, root, level)), top, root});
        };
        const bool going =
            top < level ? for_each_tile(roots, visit_root)
                        : for_each_square(level, tiles, std::max<std::int64_t>(1, kBatchPixels / tile_pixels), visit);
        if (!going)
        {
            return;
        }
    }
}

void for_each_overview_batch(const Job &job, int level, const stac::TileSet &tiles,
                             const std::function<bool(Batch)> &visit)
{
    const stac::TileMatrix &matrix = job.matrix(level);
    const std::int64_t side =
        std::max<std::int64_t>(1, kBatchPixels / 2 / std::max(matrix.tile_width, matrix.tile_height));
    for_each_square(level, tiles, side, visit);
}

} // namespace tiledir::engine
