#include "driver/raster/pyramid/pyramid_builder.h"

#include "driver/raster/pyramid/subtree.h"
#include "driver/raster/tile/lossy_format.h"
#include "stac/error.h"
#include "stac/grid/level_sets.h"
#include "stac/grid/tile_parents.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace tiledir::raster
{

namespace
{

/// Of all threads together, in bytes.
constexpr std::int64_t kMaxBatches = std::int64_t{64} << 20;
constexpr std::int64_t kTasksAThread = 4;
/// Stored tiles that are kept for the overviews above them, in bytes.
constexpr std::size_t kMaxKept = std::size_t{32} << 20;
/// Tiles a side of a batch of overviews from stored tiles.
constexpr std::int64_t kOverviewBatch = 8;

using Block = TilePyramid::Block;

/// Squares of tiles of `level`, those of one row after the other.
struct Squares
{
    stac::TileRange range;
    std::int64_t side = 1;

    std::int64_t first_row() const { return range.min_row / side; }
    std::int64_t first_col() const { return range.min_col / side; }
    std::int64_t rows() const { return range.max_row / side - first_row() + 1; }
    std::int64_t cols() const { return range.max_col / side - first_col() + 1; }
    std::int64_t count() const { return rows() * cols(); }
    stac::TileRange operator[](std::int64_t index) const
    {
        const std::int64_t row = (first_row() + index / cols()) * side;
        const std::int64_t col = (first_col() + index % cols()) * side;
        return stac::TileRange{row, row + side - 1, col, col + side - 1}.intersection(range).value();
    }
};

using Ranges = std::map<int, stac::TileRange>;

Ranges ranges_of(const Pyramid &pyramid, const stac::TileRange &base)
{
    Ranges ranges;
    for (int level = pyramid.coarsest; level <= pyramid.finest; ++level)
    {
        ranges[level] = range_above(pyramid, base, level);
    }
    return ranges;
}

double count(const Ranges &ranges)
{
    double tiles = 0;
    for (const auto &[level, range] : ranges)
    {
        tiles += static_cast<double>(range.count());
    }
    return tiles;
}

class Builder
{
public:
    Builder(const TilePyramid &tiles, const BuildSettings &settings)
        : m_tiles(tiles)
        , m_pyramid(tiles.pyramid())
        , m_settings(settings)
        , m_can_be_absent(settings.sparse && m_pyramid.can_be_absent())
        , m_lossy(is_lossy(m_pyramid.format))
        , m_top(m_pyramid.finest)
        , m_ranges(ranges_of(m_pyramid, settings.base))
        , m_pass("copy", count(m_ranges), settings.go_on)
    {
    }

    void build()
    {
        choose_batches();
        const Squares squares{m_ranges.at(m_pyramid.finest), m_side};
        const std::int64_t per_task = m_settings.by_whole_rows ? squares.cols() : 1;
        in_parallel(squares.count() / per_task,
                    [&](std::int64_t task)
                    {
                        const ReaderLoan reader(*this);
                        for (std::int64_t i = task * per_task; i < (task + 1) * per_task; ++i)
                        {
                            build_batch(*reader.reader, squares[i]);
                        }
                        reader.reader->forget();
                    });
        for (int level = m_top - 1; level >= m_pyramid.coarsest; --level)
        {
            Squares parents{m_ranges.at(level), kOverviewBatch};
            while (parents.side > 1 && !keeps_all_busy(parents.count()))
            {
                parents.side /= 2;
            }
            in_parallel(parents.count(), [&](std::int64_t task) { build_overviews(level, parents[task]); });
            m_kept.erase(m_kept.lower_bound({level + 1, 0, 0}), m_kept.end());
        }
        write_prototype();
        m_pass.done(0);
        m_pass.check();
    }

private:
    /// A reader that no other thread has meanwhile.
    struct ReaderLoan
    {
        explicit ReaderLoan(Builder &from)
            : builder(from)
            , reader(from.borrow())
        {
        }
        ~ReaderLoan() { builder.give_back(std::move(reader)); }
        ReaderLoan(const ReaderLoan &) = delete;
        ReaderLoan &operator=(const ReaderLoan &) = delete;

        Builder &builder;
        std::unique_ptr<PixelReader> reader;
    };

    std::unique_ptr<PixelReader> borrow()
    {
        {
            const std::lock_guard<std::mutex> lock(m_mutex);
            if (!m_readers.empty())
            {
                auto reader = std::move(m_readers.back());
                m_readers.pop_back();
                return reader;
            }
        }
        return m_settings.open();
    }

    void give_back(std::unique_ptr<PixelReader> reader)
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        m_readers.push_back(std::move(reader));
    }

    /// Whether there are so many tasks that threads end at about the same time.
    bool keeps_all_busy(std::int64_t tasks) const
    {
        return m_settings.threads <= 1 || tasks >= kTasksAThread * m_settings.threads;
    }

    /// Sets m_side and m_top.
    void choose_batches()
    {
        const TileFormat &format = m_pyramid.format;
        const std::int64_t pixel_bytes = std::int64_t{GDALGetDataTypeSizeBytes(format.type)} * format.block_bands();
        const std::int64_t share = kMaxBatches / std::max(1, m_settings.threads);
        const std::int64_t row_pixels = m_ranges.at(m_pyramid.finest).cols() * format.width;
        const auto fits = [&](std::int64_t tiles)
        {
            const std::int64_t width = tiles * format.width;
            const std::int64_t height = tiles * format.height;
            const Squares squares{m_ranges.at(m_pyramid.finest), tiles};
            return std::max(width, height) <= kPixelsTogether && width * height * pixel_bytes <= share &&
                   (!m_settings.by_whole_rows || height * row_pixels * pixel_bytes <= share) &&
                   keeps_all_busy(m_settings.by_whole_rows ? squares.rows() : squares.count());
        };
        bool in_memory = m_pyramid.overview_halo() == 0;
        for (; fits(m_side * 2); m_side *= 2)
        {
            in_memory = in_memory && m_top > m_pyramid.coarsest && stac::nests(m_pyramid.grid, m_top);
            m_top -= in_memory ? 1 : 0;
        }
    }

    /// Calls `work` with 0 to count - 1.
    void in_parallel(std::int64_t count, const std::function<void(std::int64_t)> &work)
    {
        m_pass.for_each(count, m_settings.threads, work);
        m_pass.check();
    }

    /// A square of base tiles, and the overviews above it up to m_top.
    void build_batch(PixelReader &reader, const stac::TileRange &square)
    {
        stac::TileRange top = square;
        for (int level = m_pyramid.finest; level > m_top; --level)
        {
            top = {top.min_row / 2, top.max_row / 2, top.min_col / 2, top.max_col / 2};
        }
        const auto read = [&](const stac::TileRange &range)
        {
            Blocks made;
            for_each_strip(range.intersection(square).value(), m_pyramid.format.height,
                           [&](const stac::TileRange &strip)
                           {
                               read_tiles(reader, strip, made);
                               return !m_pass.is_stopped();
                           });
            return made;
        };
        const auto overviews = [&](int level, const stac::TileRange &range, const Blocks &below)
        {
            Blocks made;
            for_each_tile(level, range.intersection(m_ranges.at(level)).value(),
                          [&](const stac::TileId &tile) { made[tile] = overview_from(tile, below); });
            return made;
        };
        make_subtree({m_pyramid.grid, m_pyramid.finest, m_top, m_side}, stac::TileSet(top),
                     {read, overviews, [&] { return m_pass.is_stopped(); }});
    }

    template <class Work> void for_each_tile(int level, const stac::TileRange &range, Work &&work)
    {
        for (std::int64_t row = range.min_row; row <= range.max_row; ++row)
        {
            for (std::int64_t col = range.min_col; col <= range.max_col; ++col)
            {
                if (m_pass.is_stopped())
                {
                    return;
                }
                work(stac::TileId{level, row, col});
                m_pass.done();
            }
        }
    }

    /// The tiles of a range of the base level.
    void read_tiles(PixelReader &reader, const stac::TileRange &range, Blocks &made)
    {
        const stac::TileMatrix &matrix = m_pyramid.matrix(m_pyramid.finest);
        const stac::PixelWindow window = matrix.range_window(range);
        if (m_pass.is_stopped())
        {
            return;
        }
        if (m_can_be_absent && reader.is_empty(window))
        {
            m_pass.done(range.count());
            return;
        }
        const bool one = range.count() == 1;
        PixelBlock pixels;
        reader.read(window, pixels);
        for_each_tile(m_pyramid.finest, range,
                      [&](const stac::TileId &tile)
                      {
                          const stac::PixelWindow at = matrix.tile_window(tile.row, tile.col);
                          made[tile] =
                              finish(tile, one ? std::move(pixels)
                                               : pixels.part(static_cast<int>(at.col - window.col),
                                                             static_cast<int>(at.row - window.row),
                                                             static_cast<int>(at.width), static_cast<int>(at.height)));
                      });
    }

    Block overview_from(const stac::TileId &tile, const Blocks &finer)
    {
        bool any = false;
        const PixelBlock pixels = m_tiles.pixels(tile.level + 1, m_tiles.window_under(tile),
                                                 [&](const stac::TileId &under) -> Block
                                                 {
                                                     const auto found = finer.find(under);
                                                     Block block = found == finer.end() ? nullptr : found->second;
                                                     any = any || block;
                                                     return block;
                                                 });
        return any || !m_can_be_absent ? finish(tile, m_tiles.overview(tile, pixels)) : nullptr;
    }

    /// Overviews of a range from stored tiles.
    void build_overviews(int level, const stac::TileRange &range)
    {
        Blocks finer;
        for (std::int64_t row = range.min_row; row <= range.max_row && !m_pass.is_stopped(); ++row)
        {
            for_each_tile(level, {row, row, range.min_col, range.max_col},
                          [&](const stac::TileId &tile)
                          {
                              read_under(tile, finer);
                              overview_from(tile, finer);
                          });
            // Rows of tiles above those that the next row needs.
            const stac::TileRange next = m_tiles.tiles_under({level, row + 1, range.min_col});
            finer.erase(finer.begin(), finer.lower_bound({level + 1, next.min_row, 0}));
        }
    }

    void read_under(const stac::TileId &tile, Blocks &finer)
    {
        const auto under = m_tiles.tiles_under(tile).intersection(m_ranges.at(tile.level + 1));
        for (std::int64_t row = under ? under->min_row : 0; under && row <= under->max_row; ++row)
        {
            for (std::int64_t col = under->min_col; col <= under->max_col; ++col)
            {
                const stac::TileId id{tile.level + 1, row, col};
                if (finer.count(id) == 0)
                {
                    finer[id] = stored(id);
                }
            }
        }
    }

    /// Stores a tile. Null where it is without data.
    Block finish(const stac::TileId &tile, PixelBlock &&pixels)
    {
        if (m_can_be_absent && m_tiles.is_empty(pixels))
        {
            return nullptr;
        }
        Block block = write(tile, std::move(pixels));
        m_any = true;
        const stac::TileRange &range = m_ranges.at(tile.level);
        if (tile.row == range.min_row && tile.col == range.min_col)
        {
            m_has_prototype = true;
        }
        if (tile.level <= m_top && tile.level > m_pyramid.coarsest)
        {
            note_stored(tile, block);
        }
        return block;
    }

    /// The tile as it is then stored.
    Block write(const stac::TileId &tile, PixelBlock &&pixels)
    {
        const std::string key = m_pyramid.key(tile);
        try
        {
            const store::Bytes bytes = m_tiles.encode(tile, pixels);
            m_tiles.store().write_tile(key, bytes.data(), bytes.size(), store::Replacing::Nothing);
            // Overviews are those of the tiles that are there.
            return m_lossy ? m_tiles.decode(tile, bytes) : std::make_shared<const PixelBlock>(std::move(pixels));
        }
        catch (TileError &error)
        {
            error.at(m_tiles.store().path(key));
            throw;
        }
    }

    /// STACTA of GDAL 3.6 opens only what has the first tile of one level at least.
    void write_prototype()
    {
        if (m_settings.prototype && m_any && !m_has_prototype)
        {
            const stac::TileRange &range = m_ranges.at(m_pyramid.finest);
            write({m_pyramid.finest, range.min_row, range.min_col},
                  m_tiles.empty_block(m_pyramid.format.width, m_pyramid.format.height));
        }
    }

    void note_stored(const stac::TileId &tile, const Block &block)
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        m_stored.insert(tile);
        if ((m_kept.size() + 1) * block->size() <= kMaxKept)
        {
            m_kept[tile] = block;
        }
    }

    Block stored(const stac::TileId &tile)
    {
        {
            const std::lock_guard<std::mutex> lock(m_mutex);
            const auto kept = m_kept.find(tile);
            if (kept != m_kept.end() || !m_stored.contains(tile))
            {
                return kept == m_kept.end() ? nullptr : kept->second;
            }
        }
        return m_tiles.read(tile);
    }

    const TilePyramid &m_tiles;
    const Pyramid &m_pyramid;
    const BuildSettings &m_settings;
    const bool m_can_be_absent;
    const bool m_lossy;
    std::int64_t m_side = 1; ///< tiles along a side of a batch
    int m_top;               ///< coarsest level that batches make
    const Ranges m_ranges;
    TilePass m_pass;
    std::atomic<bool> m_any{false};           ///< a tile is stored
    std::atomic<bool> m_has_prototype{false}; ///< and the first one of a level is
    std::mutex m_mutex;                       ///< for what follows
    std::vector<std::unique_ptr<PixelReader>> m_readers;
    stac::LevelSets m_stored; ///< of the levels from which overviews are made that read stored tiles
    Blocks m_kept;            ///< the first ones of these
};

} // namespace

stac::TileRange range_above(const Pyramid &pyramid, const stac::TileRange &base, int level)
{
    stac::TileRange range = base;
    for (int finer = pyramid.finest; finer > level; --finer)
    {
        range = stac::parents(pyramid.grid, finer, stac::TileSet(range)).bounding();
    }
    return range;
}

void build_pyramid(const TilePyramid &pyramid, const BuildSettings &settings)
{
    Builder(pyramid, settings).build();
}

} // namespace tiledir::raster
