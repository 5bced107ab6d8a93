#include "tools/engine/batch_runner.h"

#include "driver/raster/overview.h"
#include "driver/raster/tile_decoder.h"
#include "stac/error.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>

namespace tiledir::engine
{
namespace
{

/// Rows computed at once where tiles are smaller.
constexpr std::int64_t kRowsAtOnce = 256;

/// Copies a part of one window's pixels into those of another window of the same matrix; both hold the whole part.
void paste(const stac::PixelWindow &part, const raster::PixelBlock &from, const stac::PixelWindow &from_window,
           raster::PixelBlock &to, const stac::PixelWindow &to_window)
{
    to.paste(from, static_cast<int>(part.col - from_window.col), static_cast<int>(part.row - from_window.row),
             static_cast<int>(part.width), static_cast<int>(part.height), static_cast<int>(part.col - to_window.col),
             static_cast<int>(part.row - to_window.row));
}

} // namespace

BatchRunner::BatchRunner(const RunContext &context)
    : m_context(context)
    , m_job(context.job)
{
}

BatchRunner::~BatchRunner() = default;

void BatchRunner::try_tile(const TileId &tile, const std::function<void()> &work)
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
        const TileSet part = batch.tiles.within(rows);
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
                    paste(inside, pixels, whole, tile, window);
                    finish({level, row, col},
                           raster::converted(std::move(tile), m_job.format.type, nodata, *m_job.format.nodata), made);
                });
        }
    }
}

void BatchRunner::finish(const TileId &tile, raster::PixelBlock &&pixels, Blocks &made)
{
    const std::string key = m_job.key(tile.level, tile.row, tile.col);
    if (m_job.can_be_absent() && pixels.all_equal(*m_job.format.nodata))
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
        bytes = raster::encode_tile(m_job.format, pixels, m_job.matrix(tile.level).tile_bounds(tile.row, tile.col));
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
        const TileSet tiles = planned->second.within(level->second);
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

void BatchRunner::make_overview(const TileId &tile, const Blocks &below, Blocks &made)
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

/// Where the levels nest, from whole pixels under the tile and a halo around them; else from the part that it covers.
raster::PixelBlock BatchRunner::overview_pixels(const TileId &tile, const Blocks &below)
{
    const raster::TileFormat &format = m_job.format;
    const stac::TileMatrix &finer = m_job.matrix(tile.level + 1);
    const stac::TileMatrix &coarser = m_job.matrix(tile.level);
    const stac::Bounds bounds = coarser.tile_bounds(tile.row, tile.col);
    const double left = (bounds.min_x - finer.origin_x) / finer.cell_size;
    const double top = (finer.top() - bounds.max_y) / finer.cell_size;
    const double step = coarser.cell_size / finer.cell_size;
    if (const auto ratio = m_job.grid.ratio(tile.level + 1, tile.level))
    {
        const int halo = (m_job.overview_halo + *ratio - 1) / *ratio;
        const stac::PixelWindow under{std::llround(left), std::llround(top), format.width * *ratio,
                                      format.height * *ratio};
        const raster::PixelBlock pixels = stored_pixels(tile.level + 1, under.grown(halo * *ratio), below);
        const PhaseTimer timer(m_context.report, Phase::Overview);
        raster::PixelBlock overview = raster::make_overview(pixels, *ratio, m_job.overview_resampling, format.nodata);
        return halo == 0 ? std::move(overview) : overview.part(halo, halo, format.width, format.height);
    }
    const std::int64_t margin = m_job.overview_halo + 1;
    const stac::PixelWindow around{static_cast<std::int64_t>(std::floor(left)) - margin,
                                   static_cast<std::int64_t>(std::floor(top)) - margin,
                                   std::llround(std::ceil(format.width * step)) + 2 * margin + 1,
                                   std::llround(std::ceil(format.height * step)) + 2 * margin + 1};
    const raster::PixelBlock pixels = stored_pixels(tile.level + 1, around, below);
    const PhaseTimer timer(m_context.report, Phase::Overview);
    return raster::make_overview(pixels,
                                 {left - static_cast<double>(around.col), top - static_cast<double>(around.row),
                                  format.width * step, format.height * step},
                                 format.width, format.height, m_job.overview_resampling, format.nodata);
}

/// Pixels of a level from its tiles; nodata where there is none.
raster::PixelBlock BatchRunner::stored_pixels(int level, const stac::PixelWindow &window, const Blocks &below)
{
    const raster::TileFormat &format = m_job.format;
    const stac::TileMatrix &matrix = m_job.matrix(level);
    raster::PixelBlock pixels(static_cast<int>(window.width), static_cast<int>(window.height), format.bands,
                              format.type);
    pixels.fill(*format.nodata);
    const auto tiles = matrix.tiles_of(window).intersection(matrix.range());
    for (std::int64_t row = tiles ? tiles->min_row : 0; tiles && row <= tiles->max_row; ++row)
    {
        for (std::int64_t col = tiles->min_col; col <= tiles->max_col; ++col)
        {
            if (const BlockPtr tile = stored_tile({level, row, col}, below))
            {
                const stac::PixelWindow at = matrix.tile_window(row, col);
                paste(at.intersection(window).value(), *tile, at, pixels, window);
            }
        }
    }
    return pixels;
}

/// From the batch's own tiles, else from the store; null where there is none.
BatchRunner::BlockPtr BatchRunner::stored_tile(const TileId &tile, const Blocks &below)
{
    const auto found = below.find(tile);
    if (found != below.end())
    {
        return found->second;
    }
    const PhaseTimer timer(m_context.report, Phase::Read);
    const std::string key = m_job.key(tile.level, tile.row, tile.col);
    const auto bytes = m_context.store.read(key);
    const raster::TileFormat &format = m_job.format;
    return bytes ? std::make_shared<const raster::PixelBlock>(raster::decode_tile(
                       *bytes, m_context.store.path(key), format.width, format.height, format.bands, format.type))
                 : nullptr;
}

} // namespace tiledir::engine
