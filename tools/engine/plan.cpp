#include "tools/engine/plan.h"

#include <algorithm>

namespace tiledir::engine
{
namespace
{

/// A batch computes about this many pixels a side: enough to share what is read, little enough to stay in cache.
constexpr std::int64_t kBatchPixels = 2048;

const stac::TileMatrix &matrix_of(const stac::TileMatrixSet &grid, int level)
{
    return grid.matrices[static_cast<std::size_t>(level)];
}

stac::TileRange under(const stac::TileMatrixSet &grid, int level, const stac::TileRange &range, int finer)
{
    const stac::TileMatrix &coarse = matrix_of(grid, level);
    return matrix_of(grid, finer).tiles_covering(coarse.bounds(coarse.range_window(range)));
}

/// Rows and columns of tiles of `level` cut into squares of `side`.
bool for_each_square(const stac::TileRange &range, std::int64_t side,
                     const std::function<bool(const stac::TileRange &)> &visit)
{
    for (std::int64_t row = range.min_row / side * side; row <= range.max_row; row += side)
    {
        for (std::int64_t col = range.min_col / side * side; col <= range.max_col; col += side)
        {
            if (!visit({row, row + side - 1, col, col + side - 1}))
            {
                return false;
            }
        }
    }
    return true;
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
        const auto &[level, tiles] = *computed;
        const stac::TileMatrix &matrix = m_job.matrix(level);
        std::int64_t side = 1;
        int top = level;
        while (m_job.overview_halo() == 0 && top > m_job.coarsest &&
               side * 2 * std::max(matrix.tile_width, matrix.tile_height) <= kBatchPixels &&
               stac::nests(m_job.grid, top))
        {
            side *= 2;
            --top;
        }
        if (tiles.empty())
        {
            continue;
        }
        const stac::TileRange bounding = tiles.bounding();
        const stac::TileRange roots = m_job.matrix(top).tiles_covering(matrix.bounds(matrix.range_window(bounding)));
        const auto &set = tiles;
        const int batch_level = level;
        const bool going = for_each_square(
            roots, 1,
            [&](const stac::TileRange &root)
            {
                Batch batch{batch_level, set.within(under(m_job.grid, top, root, batch_level)), top, root};
                return batch.tiles.empty() || visit(std::move(batch));
            });
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
    if (!tiles.empty())
    {
        for_each_square(tiles.bounding(), side,
                        [&](const stac::TileRange &square)
                        {
                            Batch batch{level, tiles.within(square), level, square};
                            return batch.tiles.empty() || visit(std::move(batch));
                        });
    }
}

} // namespace tiledir::engine
