#include "tools/engine/making/batch_runner.h"

#include "driver/raster/pixels/pixel_conversion.h"
#include "driver/store/network_path.h"
#include "stac/error.h"
#include "stac/grid/tile_walk.h"

#include <cpl_vsi.h>

#include <algorithm>
#include <chrono>

namespace tiledir::engine
{
namespace
{

/// Bytes of input pixels of a batch that are fetched at once: a batch of about the inputs' own resolution takes less.
constexpr std::int64_t kMostFetched = std::int64_t{16} << 20;

/// While it lives a portion is in work; how long goes to the report.
class InWork
{
public:
    InWork(const BatchContext &context, Report &report, const Portion &portion, PortionSize *size = nullptr)
        : m_report(report)
        , m_portion(portion)
        , m_size(size)
    {
        context.begins(portion);
    }
    ~InWork()
    {
        const std::chrono::duration<double> time = std::chrono::steady_clock::now() - m_start;
        m_report.took({m_portion, time.count()});
        if (m_size != nullptr)
        {
            m_size->took(m_portion.tiles.count(), time.count());
        }
    }
    InWork(const InWork &) = delete;
    InWork &operator=(const InWork &) = delete;

private:
    Report &m_report;
    const Portion m_portion;
    PortionSize *const m_size; ///< that learns from it
    const std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

} // namespace

BatchRunner::BatchRunner(const BatchContext &context)
    : m_context(context)
    , m_resolved(context.resolved)
    , m_pyramid(context.resolved, context.store)
    , m_below(context, m_pyramid)
    , m_together(pixels_together(context.resolved) /
                 std::max(context.resolved.format.width, context.resolved.format.height))
    , m_is_remote(context.store.is_remote())
    , m_attempts(context, [this] { read_anew(); })
    , m_portion_size(context.resolved.recipe.tile_timeout)
{
}

BatchRunner::~BatchRunner() = default;

/// What came over a network and was spoilt on its way stays in GDAL's caches and in what is open.
void BatchRunner::read_anew()
{
    m_sources.clear();
    VSICurlClearCache();
}

void BatchRunner::make(const BatchOrder &order, Report &report, const WriteQueue::GroupPtr &group)
{
    m_report = &report;
    m_group = group;
    m_is_fresh = order.fresh;
    m_is_from_stored = order.from_stored;
    m_kept_level = order.overviews.empty() ? order.level : order.overviews.begin()->first;
    order.from_stored ? make_from_stored(order) : compute(order);
}

void BatchRunner::compute(const BatchOrder &order)
{
    if (order.overviews.empty())
    {
        stac::for_each_square(order.tiles, m_together,
                              [&](const stac::TileSet &part, const stac::TileRange &)
                              {
                                  compute_tiles(order.level, part);
                                  return !m_context.stopping();
                              });
        return;
    }
    const int top = order.overviews.begin()->first;
    stac::TileSet roots = order.overviews.begin()->second;
    stac::TileSet above = order.tiles;
    for (int level = order.level; level > top; --level)
    {
        above = stac::parents(m_resolved.grid, level, above);
    }
    roots.insert(above);
    raster::make_subtree({m_resolved.grid, order.level, top, m_together}, roots,
                         {[&](const stac::TileRange &range)
                          { return compute_tiles(order.level, order.tiles.within(range)); },
                          [&](int level, const stac::TileRange &range, const Blocks &below)
                          { return make_overviews(level, order.overviews.at(level).within(range), below); },
                          m_context.stopping});
}

BatchRunner::Blocks BatchRunner::compute_tiles(int level, const stac::TileSet &tiles)
{
    Blocks made;
    const stac::TileRange bounding = tiles.bounding();
    fetch_inputs(level, bounding);
    const ComputeSlots::Taken slot(m_context.slots);
    raster::for_each_strip(bounding, m_resolved.format.height,
                           [&](const stac::TileRange &strip)
                           {
                               const stac::TileSet part = tiles.within(strip);
                               if (part.count() == strip.count() && strip.count() <= m_portion_size.most())
                               {
                                   compute_range(level, strip, made);
                                   return !m_context.stopping();
                               }
                               part.for_each_run(
                                   [&](std::int64_t row, std::int64_t first, std::int64_t last)
                                   {
                                       for (std::int64_t col = first; col <= last && !m_context.stopping();)
                                       {
                                           const std::int64_t count = std::min(last - col + 1, m_portion_size.most());
                                           compute_range(level, {row, row, col, col + count - 1}, made);
                                           col += count;
                                       }
                                   });
                               return !m_context.stopping();
                           });
    return made;
}

BatchRunner::Blocks BatchRunner::make_overviews(int level, const stac::TileSet &tiles, const Blocks &below)
{
    const ComputeSlots::Taken slot(m_context.slots);
    Blocks made;
    stac::for_each_tile(tiles,
                        [&](std::int64_t row, std::int64_t col)
                        {
                            if (!m_context.stopping())
                            {
                                make_overview({level, row, col}, below, made);
                            }
                            return !m_context.stopping();
                        });
    return made;
}

/// Over a network: what tiles need of the inputs, with few requests side by side. What fails is asked for again by
/// whoever needs it.
void BatchRunner::fetch_inputs(int level, const stac::TileRange &tiles)
{
    const PhaseTimer timer(*m_report, Phase::Read);
    const stac::PixelWindow window =
        m_resolved.matrix(level).range_window(tiles).grown(m_resolved.process->pixel_buffer());
    for (const auto &[name, mosaic] : m_resolved.mosaics)
    {
        if (!store::is_on_network(mosaic->sources().front().path))
        {
            continue;
        }
        try
        {
            source(name, level).fetch(window, kMostFetched);
        }
        catch (const Error &)
        {
            // Whoever reads it says so.
        }
    }
}

/// All at once; where that fails, tile by tile, so that one bad tile fails alone.
void BatchRunner::compute_range(int level, const stac::TileRange &range, Blocks &made)
{
    if (range.count() > 1)
    {
        const InWork in_work(m_context, *m_report, {level, range}, &m_portion_size);
        raster::PixelBlock pixels;
        try
        {
            pixels = compute_pixels(level, m_resolved.matrix(level).range_window(range));
        }
        catch (const std::exception &error)
        {
            pixels = {};
            if (cause_of(error) == Cause::Passing)
            {
                read_anew();
            }
        }
        if (pixels.size() > 0)
        {
            cut_tiles(level, range, pixels, made);
            return;
        }
    }
    for (std::int64_t row = range.min_row; row <= range.max_row; ++row)
    {
        for (std::int64_t col = range.min_col; col <= range.max_col && !m_context.stopping(); ++col)
        {
            const stac::TileRange one{row, row, col, col};
            const InWork in_work(m_context, *m_report, {level, one}, &m_portion_size);
            m_attempts.make(
                {level, row, col}, *m_report,
                [&]
                { cut_tiles(level, one, compute_pixels(level, m_resolved.matrix(level).range_window(one)), made); });
        }
    }
}

raster::PixelReader &BatchRunner::source(const std::string &input, int level)
{
    auto &opened = m_sources[{input, level}];
    if (!opened)
    {
        opened = raster::open_grid_source(m_resolved.mosaics.at(input), m_resolved.grid.crs, m_resolved.matrix(level),
                                          m_resolved.recipe.inputs.at(input).resampling,
                                          m_resolved.scales.at(input).at(level), m_resolved.working_type(input));
    }
    return *opened;
}

raster::PixelBlock BatchRunner::compute_pixels(int level, const stac::PixelWindow &window)
{
    std::map<std::string, raster::PixelBlock> inputs;
    {
        const PhaseTimer timer(*m_report, Phase::Read);
        for (const auto &[name, mosaic] : m_resolved.mosaics)
        {
            source(name, level).read(window.grown(m_resolved.process->pixel_buffer()), inputs[name]);
        }
    }
    const PhaseTimer timer(*m_report, Phase::Process);
    return m_resolved.process->run(m_resolved.matrix(level), window, inputs);
}

void BatchRunner::cut_tiles(int level, const stac::TileRange &range, const raster::PixelBlock &pixels, Blocks &made)
{
    const stac::TileMatrix &matrix = m_resolved.matrix(level);
    const stac::PixelWindow whole = matrix.range_window(range);
    const ProcessOutput &output = m_resolved.process_output;
    const raster::TileFormat &format = m_resolved.format;
    for (std::int64_t row = range.min_row; row <= range.max_row; ++row)
    {
        for (std::int64_t col = range.min_col; col <= range.max_col; ++col)
        {
            m_attempts.make({level, row, col}, *m_report,
                            [&]
                            {
                                const stac::PixelWindow window = matrix.tile_window(row, col);
                                raster::PixelBlock tile(format.width, format.height, pixels.bands(), pixels.type());
                                // A stored tile is whole; beyond the matrix it is nodata.
                                const stac::PixelWindow inside = window.intersection(matrix.window()).value();
                                if (!(inside == window) && !output.alpha)
                                {
                                    tile.fill(output.nodata);
                                }
                                raster::paste(inside, pixels, whole, tile, window);
                                finish({level, row, col},
                                       output.alpha ? std::move(tile)
                                                    : raster::converted(std::move(tile), {output.nodata, format.type,
                                                                                          format.nodata, format.mask}),
                                       made);
                            });
        }
    }
}

void BatchRunner::finish(const stac::TileId &tile, raster::PixelBlock &&pixels, Blocks &made)
{
    if (m_pyramid.is_empty(pixels))
    {
        made[tile] = nullptr;
        write(tile, nullptr);
        return;
    }
    std::shared_ptr<const store::Bytes> bytes;
    {
        const PhaseTimer timer(*m_report, Phase::Encode);
        bytes = std::make_shared<const store::Bytes>(m_pyramid.encode(tile, pixels));
    }
    made[tile] = std::make_shared<const raster::PixelBlock>(std::move(pixels));
    write(tile, std::move(bytes));
}

/// Null: an empty tile, which is not stored.
void BatchRunner::write(const stac::TileId &tile, std::shared_ptr<const store::Bytes> bytes)
{
    const bool is_read_later = tile.level == m_kept_level && tile.level > m_resolved.coarsest;
    m_context.kept.keep(tile, bytes);
    m_report->handed_on(tile);
    const bool is_full = m_context.writes.is_full();
    if (is_full)
    {
        m_context.waits();
    }
    m_context.writes.add(m_group,
                         [&context = m_context, &report = *m_report, tile, key = m_resolved.key(tile),
                          bytes = std::move(bytes), fresh = m_is_fresh, is_read_later]
                         {
                             context.wait_until_open();
                             try
                             {
                                 const PhaseTimer timer(report, Phase::Write);
                                 if (bytes)
                                 {
                                     context.store.write_tile(key, bytes->data(), bytes->size(),
                                                              fresh ? store::Replacing::Nothing
                                                                    : store::Replacing::Blindly);
                                 }
                                 else if (!fresh)
                                 {
                                     const auto alone = context.store.lock(key); // who merges meanwhile must see this
                                     context.store.remove(key);
                                 }
                             }
                             catch (const TileError &error)
                             {
                                 context.kept.drop(tile);
                                 context.failed({tile, error.what(), 1, cause_name(error)});
                                 return;
                             }
                             is_read_later ? context.kept.written(tile) : context.kept.drop(tile);
                             context.made(tile, bytes != nullptr, bytes ? bytes->size() : 0);
                         });
    if (is_full)
    {
        m_context.begins(portion_of(tile));
    }
}

/// Tiles under those of a level, read all at once where they lie over a network; else none.
BatchRunner::Blocks BatchRunner::read_below(int level, const stac::TileSet &tiles)
{
    if (!m_is_remote)
    {
        return {};
    }
    const PhaseTimer timer(*m_report, Phase::Read);
    return m_below.all_under(level, tiles);
}

void BatchRunner::make_from_stored(const BatchOrder &order)
{
    stac::for_each_square(order.tiles, std::max<std::int64_t>(1, m_together / 2),
                          [&](const stac::TileSet &part, const stac::TileRange &)
                          {
                              make_overviews(order.level, part, read_below(order.level, part));
                              return !m_context.stopping();
                          });
}

void BatchRunner::make_overview(const stac::TileId &tile, const Blocks &below, Blocks &made)
{
    const stac::TileMatrix &finer = m_resolved.matrix(tile.level + 1);
    const stac::TileRange under = finer.tiles_covering(m_resolved.matrix(tile.level).tile_bounds(tile.row, tile.col));
    for (std::int64_t row = under.min_row; row <= under.max_row; ++row)
    {
        for (std::int64_t col = under.min_col; col <= under.max_col; ++col)
        {
            if (m_report->is_unmade({tile.level + 1, row, col}))
            {
                m_report->held_back(tile);
                return;
            }
        }
    }
    const InWork in_work(m_context, *m_report, portion_of(tile));
    m_attempts.make(tile, *m_report, [&] { finish(tile, overview_pixels(tile, below), made); });
}

raster::PixelBlock BatchRunner::overview_pixels(const stac::TileId &tile, const Blocks &below)
{
    const raster::PixelBlock pixels =
        m_pyramid.pixels(tile.level + 1, m_pyramid.window_under(tile),
                         [&](const stac::TileId &finer) { return stored_tile(finer, below); });
    const PhaseTimer timer(*m_report, Phase::Overview);
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
    if (m_is_fresh && !m_is_from_stored)
    {
        return nullptr; // it would be among them
    }
    const PhaseTimer timer(*m_report, Phase::Read);
    return m_below.read(tile);
}

} // namespace tiledir::engine
