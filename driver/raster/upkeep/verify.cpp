#include "driver/raster/upkeep/verify.h"

#include "driver/raster/pyramid/strip_listing.h"
#include "driver/raster/tile/open_tile.h"
#include "driver/raster/upkeep/stamped_tiles.h"
#include "driver/raster/upkeep/tile_comparison.h"
#include "driver/raster/upkeep/tile_walk.h"
#include "driver/store/gdal_errors.h"
#include "driver/store/task_queue.h"
#include "stac/error.h"

#include <gdal_priv.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>
#include <vector>

namespace tiledir::raster
{

namespace
{

/// A tile that others change each time it is looked at is not judged.
constexpr int kMostLooks = 5;

std::string bands_in_words(int bands)
{
    return std::to_string(bands) + (bands == 1 ? " band" : " bands");
}

/// Empty where all is as the format says. Some writers leave out an alpha band that is opaque, or one from the
/// item, or store colours by a table.
std::string unlike_format(const OpenTile &tile, const TileFormat &format)
{
    const int width = tile.dataset().GetRasterXSize();
    const int height = tile.dataset().GetRasterYSize();
    if (width != format.width || height != format.height)
    {
        return "is " + std::to_string(width) + " x " + std::to_string(height) + " pixels, should be " +
               std::to_string(format.width) + " x " + std::to_string(format.height);
    }
    const bool opaque = format.alpha && tile.bands() == format.bands - 1;
    const bool by_table = tile.bands() == 1 && tile.band(1).GetColorTable() != nullptr;
    const bool untold_alpha = format.mask_is_alpha && tile.bands() == format.bands + 1 &&
                              tile.band(tile.bands()).GetColorInterpretation() == GCI_AlphaBand;
    if (tile.bands() != format.bands && !opaque && !by_table && !untold_alpha)
    {
        return "has " + bands_in_words(tile.bands()) + ", should have " + std::to_string(format.bands);
    }
    for (int band = 1; band <= tile.bands(); ++band)
    {
        if (const GDALDataType type = tile.band(band).GetRasterDataType(); type != format.type)
        {
            return std::string("is of type ") + GDALGetDataTypeName(type) + ", should be " +
                   GDALGetDataTypeName(format.type);
        }
    }
    return "";
}

/// Tiles by level: ranges of one row each.
using Rows = std::map<int, std::vector<stac::TileRange>>;

class Verification
{
public:
    Verification(const TilePyramid &tiles, const VerifySettings &settings)
        : m_tiles(tiles)
        , m_settings(settings)
        , m_below(tiles, settings.memory)
    {
    }

    VerifyResult run(const Rows &rows);

private:
    struct Look
    {
        std::string fault; ///< empty: none
        bool is_there = false;
        bool changed = false; ///< by somebody else, while it was looked at
    };

    void verify_rows(int level, const std::vector<stac::TileRange> &rows, std::atomic<std::size_t> &next);
    void verify_tile(const stac::TileId &tile, bool may_be_there);
    Look look(const stac::TileId &tile, bool may_be_there);
    TilePyramid::Block read(const stac::TileId &tile, const store::Bytes &bytes, std::string &fault) const;
    std::string compare(const stac::TileId &tile, const TilePyramid::Block &stored, MadeOverview &made);
    void done(const stac::TileId &tile, const Look &look);

    const TilePyramid &m_tiles;
    const VerifySettings &m_settings;
    StampedTiles m_below;
    const std::thread::id m_caller = std::this_thread::get_id();
    std::atomic<bool> m_stopped{false};
    std::mutex m_mutex; ///< for what follows
    VerifyResult m_result;
    double m_done = 0;
    double m_all = 0;
};

VerifyResult Verification::run(const Rows &rows)
{
    for (const auto &[level, level_rows] : rows)
    {
        m_result.tiles[level] = 0;
        for (const stac::TileRange &row : level_rows)
        {
            m_all += static_cast<double>(row.count());
        }
    }
    for (auto level = rows.rbegin(); level != rows.rend(); ++level)
    {
        std::atomic<std::size_t> next{0};
        const auto threads = std::min(static_cast<std::size_t>(std::max(1, m_settings.threads)), level->second.size());
        store::TaskQueue queue(static_cast<int>(threads));
        for (std::size_t thread = 0; thread < threads; ++thread)
        {
            queue.add([&] { verify_rows(level->first, level->second, next); });
        }
        queue.finish();
        if (m_stopped)
        {
            throw Interrupted("verify: interrupted");
        }
    }
    return m_result;
}

void Verification::verify_rows(int level, const std::vector<stac::TileRange> &rows, std::atomic<std::size_t> &next)
{
    try
    {
        for (std::size_t at = next++; at < rows.size() && !m_stopped; at = next++)
        {
            const stac::TileRange &row = rows[at];
            const StripListing listing(m_tiles, level, row);
            for (std::int64_t col = row.min_col; col <= row.max_col && !m_stopped; ++col)
            {
                const stac::TileId tile{level, row.min_row, col};
                verify_tile(tile, listing.may_have(m_tiles.pyramid().key(tile)));
            }
        }
    }
    catch (...)
    {
        m_stopped = true;
        throw;
    }
}

void Verification::verify_tile(const stac::TileId &tile, bool may_be_there)
{
    Look last;
    for (int looks = 0; looks < kMostLooks; ++looks)
    {
        last = look(tile, may_be_there || looks > 0);
        if (last.fault.empty() || !last.changed)
        {
            break;
        }
        last.fault.clear();
    }
    done(tile, last);
}

Verification::Look Verification::look(const stac::TileId &tile, bool may_be_there)
{
    Look look;
    MadeOverview made;
    const std::string key = m_tiles.pyramid().key(tile);
    const auto object = may_be_there ? m_tiles.store().read_stamped(key) : std::nullopt;
    look.is_there = object.has_value();
    const TilePyramid::Block stored = object ? read(tile, object->bytes, look.fault) : nullptr;
    if (look.fault.empty() && m_settings.overviews_from_children && tile.level < m_tiles.pyramid().finest)
    {
        look.fault = compare(tile, stored, made);
    }
    if (!look.fault.empty())
    {
        const auto stamp = object ? std::optional(object->stamp) : std::nullopt;
        look.changed = !is_up_to_date(m_tiles, m_below, made) || m_tiles.store().stamp(key) != stamp;
        look.fault = m_tiles.store().path(key) + ": " + look.fault;
    }
    return look;
}

/// Null, and a fault, where it is not whole.
TilePyramid::Block Verification::read(const stac::TileId &tile, const store::Bytes &bytes, std::string &fault) const
{
    const std::string path = m_tiles.store().path(m_tiles.pyramid().key(tile));
    try
    {
        {
            const OpenTile open(bytes, path);
            fault = unlike_format(open, m_tiles.pyramid().format);
        }
        return fault.empty() ? m_tiles.decode(tile, bytes) : nullptr;
    }
    catch (const TileError &error)
    {
        const std::string text = error.what();
        fault = text.compare(0, path.size() + 2, path + ": ") == 0 ? text.substr(path.size() + 2) : text;
    }
    return nullptr;
}

std::string Verification::compare(const stac::TileId &tile, const TilePyramid::Block &stored, MadeOverview &made)
{
    try
    {
        made = make_overview(m_tiles, m_below, tile);
    }
    catch (const TileError &)
    {
        return ""; // a tile below is at fault: that it cannot be compared is no fault of this one
    }
    if (!made.pixels)
    {
        return stored ? "should not be there: there is no tile under it" : "";
    }
    if (!stored)
    {
        return m_tiles.is_empty(*made.pixels) ? "" : "is missing: there are tiles with data under it";
    }
    return difference(m_tiles, tile, *stored, *made.pixels);
}

void Verification::done(const stac::TileId &tile, const Look &look)
{
    std::unique_lock<std::mutex> lock(m_mutex);
    m_result.tiles[tile.level] += look.is_there ? 1 : 0;
    if (!look.fault.empty())
    {
        ++m_result.faults;
        m_result.faulty[tile.level].insert(tile.row, tile.col, tile.col);
        if (m_settings.found)
        {
            m_settings.found({tile, look.fault});
        }
    }
    const double part = ++m_done / m_all;
    lock.unlock();
    if (m_settings.go_on && std::this_thread::get_id() == m_caller && !m_settings.go_on(part))
    {
        m_stopped = true;
    }
}

} // namespace

VerifyResult verify(const TilePyramid &tiles, const std::map<int, stac::TileRange> &ranges,
                    const VerifySettings &settings)
{
    Rows rows;
    for (const auto &[level, range] : ranges)
    {
        rows[level];
        for (std::int64_t row = range.min_row; row <= range.max_row && !range.empty(); ++row)
        {
            rows[level].push_back({row, row, range.min_col, range.max_col});
        }
    }
    return Verification(tiles, settings).run(rows);
}

VerifyResult verify(const TilePyramid &tiles, const stac::LevelSets &sets, const VerifySettings &settings)
{
    Rows rows;
    for (const auto &[level, set] : sets)
    {
        set.for_each_run(
            [&rows = rows[level]](std::int64_t row, std::int64_t first, std::int64_t last) {
                rows.push_back({row, row, first, last});
            });
    }
    return Verification(tiles, settings).run(rows);
}

} // namespace tiledir::raster
