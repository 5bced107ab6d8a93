#include "tools/engine/batch_runner.h"

#include "stac/error.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace tiledir::engine
{
namespace
{

/// Rows computed at once where tiles are smaller.
constexpr std::int64_t kRowsAtOnce = 256;

} // namespace

BatchRunner::BatchRunner(const RunContext &context)
    : m_context(context)
    , m_job(context.job)
    , m_pyramid(context.job, context.store)
{
}

BatchRunner::~BatchRunner() = default;

void BatchRunner::try_tile(const stac::TileId &tile, const std::function<void()> &work)
{
    try
    {
        work();
    }
    catch (const StoreError &)
    {
        throw;
    }
    catch (const std::exception &error)
    {
        m_context.report.failed(tile, error.what());
        spdlog::error("event=tile_failed tile={} reason=\"{}\"", m_job.name(tile.level, tile.row, tile.col),
                      error.what());
    }
}

void BatchRunner::compute(const Batch &batch)
{
    Blocks made;
    const stac::TileRange bounding = batch.tiles.bounding();
    const std::int64_t rows_at_once = std::max<std::int64_t>(1, kRowsAtOnce / m_job.format.height);
    for (std::int64_t row = bounding.min_row; row <= bounding.max_row && !m_context.stopping(); row += rows_at_once)
    {
        const stac::TileRange rows{row, std::min(row + rows_at_once - 1, bounding.max_row), bounding.min_col,
                                   bounding.max_col};
        const stac::TileSet part = batch.tiles.within(rows);
        if (part.count() == rows.count())
        {
            compute_range(batch.level, rows, made);
            continue;
        }
        part.for_each_run(
            [&](std::int64_t run_row, std::int64_t first, std::int64_t last) {
                compute_range(batch.level, {run_row, run_row, first, last}, made);
            });
    }
    if (!m_context.stopping())
    {
        overviews_above(batch, made);
    }
}

/// All at once; where that fails, tile by tile, so that one bad tile fails alone.
void BatchRunner::compute_range(int level, const stac::TileRange &range, Blocks &made)
{
    raster::PixelBlock pixels;
    try
    {
        pixels = compute_pixels(level, m_job.matrix(level).range_window(range));
    }
    catch (const Error &)
    {
        for (std::int64_t row = range.min_row; row <= range.max_row; ++row)
        {
            for (std::int64_t col = range.min_col; col <= range.max_col; ++col)
            {
                try_tile({level, row, col},
                         [&]
                         {
                             const stac::TileRange one{row, row, col, col};
                             cut_tiles(level, one, compute_pixels(level, m_job.matrix(level).range_window(one)), made);
                         });
            }
        }
        return;
    }
    cut_tiles(level, range, pixels, made);
}

raster::GridSource &BatchRunner::source(const std::string &input, int level)
{
    auto &opened = m_sources[{input, level}];
    if (!opened)
    {
        opened = raster::open_grid_source(m_job.mosaics.at(input), m_job.grid.crs, m_job.matrix(level),
                                          m_job.recipe.inputs.at(input).resampling, m_job.scales.at(input).at(level));
    }
    return *opened;
}

raster::PixelBlock BatchRunner::compute_pixels(int level, const stac::PixelWindow &window)
{
    std::map<std::string, raster::PixelBlock> inputs;
    {
        const PhaseTimer timer(m_context.report, Phase::Read);
        for (const auto &[name, mosaic] : m_job.mosaics)
        {
            source(name, level).read(window.grown(m_job.process->pixel_buffer()), inputs[name]);
        }
    }
    const PhaseTimer timer(m_context.report, Phase::Process);
    return m_job.process->run(m_job.matrix(level), window, inputs);
}

void BatchRunner::cut_tiles(int level, const stac::TileRange &range, const raster::PixelBlock &pixels, Blocks &made)
{
    const stac::TileMatrix &matrix = m_job.matrix(level);
    const stac::PixelWindow whole = matrix.range_window(range);
    const double nodata = m_job.process_output.nodata;
    for (std::int64_t row = range.min_row; row <= range.max_row; ++row)
    {
        for (std::int64_t col = range.min_col; col <= range.max_col; ++col)
        {
            try_tile(
                {level, row, col},
                [&]
                {
                    const stac::PixelWindow window = matrix.tile_window(row, col);
                    raster::PixelBlock tile(m_job.format.width, m_job.format.height, m_job.format.bands, pixels.type());
                    // A stored tile is whole; beyond the matrix it is nodata.
                    const stac::PixelWindow inside = window.intersection(matrix.window()).value();
                    if (!(inside == window))
                    {
                        tile.fill(nodata);
                    }
                    raster::paste(inside, pixels, whole, tile, window);
                    finish({level, row, col},
                           raster::converted(std::move(tile), m_job.format.type, nodata, m_job.format.nodata->number()),
                           made);
                });
        }
    }
}

void BatchRunner::finish(const stac::TileId &tile, raster::PixelBlock &&pixels, Blocks &made)
{
    const std::string key = m_job.key(tile.level, tile.row, tile.col);
    if (m_pyramid.is_empty(pixels))
    {
        {
            const PhaseTimer timer(m_context.report, Phase::Write);
            m_context.store.remove(key);
        }
        made[tile] = nullptr;
        m_context.report.made(tile, false, 0);
        m_context.journal.add(tile, false);
        return;
    }
    store::Bytes bytes;
    {
        const PhaseTimer timer(m_context.report, Phase::Encode);
        bytes = m_pyramid.encode(tile, pixels);
    }
    {
        const PhaseTimer timer(m_context.report, Phase::Write);
        m_context.store.write(key, bytes.data(), bytes.size());
    }
    made[tile] = std::make_shared<const raster::PixelBlock>(std::move(pixels));
    m_context.report.made(tile, true, bytes.size());
    m_context.journal.add(tile, true);
}

void BatchRunner::overviews_above(const Batch &batch, Blocks &made)
{
    stac::TileRange range = batch.root;
    std::vector<std::pair<int, stac::TileRange>> levels;
    for (int level = batch.top; level < batch.level; ++level)
    {
        levels.emplace_back(level, range);
        const stac::TileMatrix &matrix = m_job.matrix(level);
        range = m_job.matrix(level + 1).tiles_covering(matrix.bounds(matrix.range_window(range)));
    }
    for (auto level = levels.rbegin(); level != levels.rend() && !m_context.stopping(); ++level)
    {
        const auto planned = m_context.plan.overviews().find(level->first);
        if (planned == m_context.plan.overviews().end())
        {
            return;
        }
        Blocks above;
        const stac::TileSet tiles = planned->second.within(level->second);
        tiles.for_each_run(
            [&](std::int64_t row, std::int64_t first, std::int64_t last)
            {
                for (std::int64_t col = first; col <= last; ++col)
                {
                    make_overview({level->first, row, col}, made, above);
                }
            });
        made = std::move(above);
    }
}

void BatchRunner::make_overviews(const Batch &batch)
{
    const Blocks none;
    Blocks made;
    batch.tiles.for_each_run(
        [&](std::int64_t row, std::int64_t first, std::int64_t last)
        {
            for (std::int64_t col = first; col <= last && !m_context.stopping(); ++col)
            {
                make_overview({batch.level, row, col}, none, made);
                made.clear();
            }
        });
}

void BatchRunner::make_overview(const stac::TileId &tile, const Blocks &below, Blocks &made)
{
    const stac::TileMatrix &finer = m_job.matrix(tile.level + 1);
    const stac::TileRange under = finer.tiles_covering(m_job.matrix(tile.level).tile_bounds(tile.row, tile.col));
    for (std::int64_t row = under.min_row; row <= under.max_row; ++row)
    {
        for (std::int64_t col = under.min_col; col <= under.max_col; ++col)
        {
            if (m_context.report.is_unmade({tile.level + 1, row, col}))
            {
                m_context.report.held_back(tile);
                return;
            }
        }
    }
    try_tile(tile, [&] { finish(tile, overview_pixels(tile, below), made); });
}

raster::PixelBlock BatchRunner::overview_pixels(const stac::TileId &tile, const Blocks &below)
{
    const raster::PixelBlock pixels =
        m_pyramid.pixels(tile.level + 1, m_pyramid.window_under(tile),
                         [&](const stac::TileId &finer) { return stored_tile(finer, below); });
    const PhaseTimer timer(m_context.report, Phase::Overview);
    return m_pyramid.overview(tile, pixels);
}

/// From the batch's own tiles, else from the store; null where there is none.
BatchRunner::BlockPtr BatchRunner::stored_tile(const stac::TileId &tile, const Blocks &below)
{
    const auto found = below.find(tile);
    if (found != below.end())
    {
        return found->second;
    }
    const PhaseTimer timer(m_context.report, Phase::Read);
    return m_pyramid.read(tile);
}

} // namespace tiledir::engine
