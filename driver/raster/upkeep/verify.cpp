#include "driver/raster/upkeep/verify.h"

#include "driver/raster/pyramid/strip_listing.h"
#include "driver/raster/pyramid/tile_pass.h"
#include "driver/raster/tile/open_tile.h"
#include "driver/raster/upkeep/stamped_tiles.h"
#include "driver/raster/upkeep/tile_comparison.h"
#include "stac/error.h"

#include <gdal_priv.h>

#include <mutex>
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

double count(const Rows &rows)
{
    double tiles = 0;
    for (const auto &[level, ranges] : rows)
    {
        for (const stac::TileRange &row : ranges)
        {
            tiles += static_cast<double>(row.count());
        }
    }
    return tiles;
}

class Verification
{
public:
    Verification(const TilePyramid &tiles, const Rows &rows, const VerifySettings &settings)
        : m_tiles(tiles)
        , m_rows(rows)
        , m_settings(settings)
        , m_below(tiles, settings.memory)
        , m_pass("verify", count(rows), settings.go_on)
    {
    }

    VerifyResult run();

private:
    struct Look
    {
        std::string fault; ///< empty: none
        bool is_there = false;
        bool changed = false; ///< by somebody else, while it was looked at
    };

    void verify_row(int level, const stac::TileRange &row);
    void verify_tile(const stac::TileId &tile, bool may_be_there);
    Look look(const stac::TileId &tile, bool may_be_there);
    TilePyramid::Block read(const stac::TileId &tile, const store::Bytes &bytes, std::string &fault) const;
    std::string compare(const stac::TileId &tile, const TilePyramid::Block &stored, MadeOverview &made);
    void done(const stac::TileId &tile, const Look &look);

    const TilePyramid &m_tiles;
    const Rows &m_rows;
    const VerifySettings &m_settings;
    StampedTiles m_below;
    TilePass m_pass;
    std::mutex m_mutex; ///< for what follows
    VerifyResult m_result;
};

VerifyResult Verification::run()
{
    for (auto level = m_rows.rbegin(); level != m_rows.rend(); ++level)
    {
        const std::vector<stac::TileRange> &rows = level->second;
        m_result.tiles[level->first] = 0;
        m_pass.for_each(static_cast<std::int64_t>(rows.size()), m_settings.threads,
                        [&](std::int64_t index) { verify_row(level->first, rows[static_cast<std::size_t>(index)]); });
        m_pass.check();
    }
    return m_result;
}

void Verification::verify_row(int level, const stac::TileRange &row)
{
    const StripListing listing(m_tiles, level, row);
    for (std::int64_t col = row.min_col; col <= row.max_col && !m_pass.is_stopped(); ++col)
    {
        const stac::TileId tile{level, row.min_row, col};
        verify_tile(tile, listing.may_have(m_tiles.pyramid().key(tile)));
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
        fault = error.path() == path ? error.text() : error.what();
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
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        m_result.tiles[tile.level] += look.is_there ? 1 : 0;
        if (!look.fault.empty())
        {
            ++m_result.faults;
            m_result.faulty.insert(tile);
            if (m_settings.found)
            {
                m_settings.found({tile, look.fault});
            }
        }
    }
    m_pass.done();
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
    return Verification(tiles, rows, settings).run();
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
    return Verification(tiles, rows, settings).run();
}

} // namespace tiledir::raster
