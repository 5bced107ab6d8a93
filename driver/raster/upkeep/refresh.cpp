#include "driver/raster/upkeep/refresh.h"

#include "driver/raster/pyramid/tile_pass.h"
#include "driver/raster/tile/lossy_format.h"
#include "driver/raster/upkeep/stamped_tiles.h"
#include "driver/raster/upkeep/tile_walk.h"
#include "driver/store/backoff.h"
#include "stac/error.h"
#include "stac/grid/tile_parents.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tiledir::raster
{

namespace
{

/// Tiles below that others change all the time: about two minutes of pauses.
constexpr int kMostTries = 200;
constexpr int kMostTriesUnderLock = 4;
/// A thread learns CRS and format anew, which takes as long as a few tiles. Over a network waiting takes longer.
constexpr std::int64_t kTilesOfAThread = 2;
/// Overviews that are made before they get their names: one sync for all.
constexpr std::size_t kTogether = 1024;

class Refresh
{
public:
    Refresh(const TilePyramid &tiles, const stac::LevelSets &overviews, const RefreshSettings &settings)
        : m_tiles(tiles)
        , m_overviews(overviews)
        , m_threads(std::max(1, settings.threads))
        , m_below(tiles, settings.memory)
        , m_pass("refresh", static_cast<double>(overviews.count()), settings.go_on)
    {
    }

    RefreshResult run();

private:
    enum class Outcome
    {
        Lost, ///< somebody else was faster
        Unchanged,
        Written,
        Removed
    };
    /// An overview that is made and may wait for its name.
    struct Made
    {
        stac::TileId tile;
        MadeOverview overview; ///< without its pixels
        Outcome outcome;
    };
    using WriteIf = bool (store::Store::*)(const std::string &key, const void *data, std::size_t size,
                                           const std::optional<store::Stamp> &before);

    void make_level(int level, const stac::TileSet &tiles);
    void work(TileWalk &walk);
    void make(const stac::TileId &tile);
    void settle();
    Outcome renew(const stac::TileId &tile);
    Outcome put(const stac::TileId &tile, MadeOverview &made, const std::optional<store::StampedObject> &there,
                bool locked, WriteIf write_if);
    TilePyramid::Block stored(const stac::TileId &tile, const store::Bytes &bytes, PixelBlock &pixels) const;
    bool is_enough();
    void failed(const std::string &why);
    void count(Outcome outcome);

    const TilePyramid &m_tiles;
    const stac::LevelSets &m_overviews;
    const std::int64_t m_threads;
    const bool m_is_lossy = is_lossy(m_tiles.pyramid().format);
    const bool m_is_remote = m_tiles.store().is_remote();
    StampedTiles m_below;
    TilePass m_pass;
    std::mutex m_mutex;       ///< for what follows
    std::vector<Made> m_made; ///< finer ones first
    RefreshResult m_result;
    std::int64_t m_failed = 0;
    std::string m_first_failure;
};

RefreshResult Refresh::run()
{
    for (auto level = m_overviews.rbegin(); level != m_overviews.rend() && !m_pass.is_stopped(); ++level)
    {
        make_level(level->first, level->second);
    }
    settle();
    m_pass.check();
    if (m_failed > 0)
    {
        throw TileError(m_failed == 1 ? m_first_failure
                                      : m_first_failure + " (and " + std::to_string(m_failed - 1) + " more tiles)");
    }
    return m_result;
}

void Refresh::make_level(int level, const stac::TileSet &tiles)
{
    const std::int64_t each = m_is_remote ? 1 : kTilesOfAThread;
    const auto threads = std::min(m_threads, (tiles.count() + each - 1) / each);
    TileWalk walk(level, tiles);
    while (!m_pass.is_stopped() && !walk.is_over())
    {
        m_pass.on_threads(threads, [&] { work(walk); });
        if (is_enough())
        {
            settle();
        }
    }
}

/// A tile that fails does not keep the others from being made.
void Refresh::work(TileWalk &walk)
{
    while (!m_pass.is_stopped() && !is_enough())
    {
        const auto tile = walk.next();
        if (!tile)
        {
            return;
        }
        try
        {
            make(*tile);
        }
        catch (const TileError &error)
        {
            failed(error.what());
        }
        m_pass.done();
    }
}

/// On a local disk names wait for settle(), so that one sync does for many. Over a network each is written at once.
void Refresh::make(const stac::TileId &tile)
{
    if (m_is_remote)
    {
        count(renew(tile));
        return;
    }
    store::Store &store = m_tiles.store();
    const std::string key = m_tiles.pyramid().key(tile);
    auto lock = store.lock(key);
    const auto there = store.read_stamped(key);
    MadeOverview made = make_overview(m_tiles, m_below, tile);
    const Outcome outcome = put(tile, made, there, lock != nullptr, &store::Store::stage_if);
    lock.reset();
    if (outcome == Outcome::Lost)
    {
        count(renew(tile));
        return;
    }
    made.pixels.reset();
    const std::lock_guard<std::mutex> alone(m_mutex);
    m_made.push_back({tile, std::move(made), outcome});
}

/// Gives the overviews their names. Those that are not what the tiles below give by then are made again, one by one.
void Refresh::settle()
{
    const std::vector<std::string> keys = m_tiles.store().publish();
    const std::set<std::string> lost(keys.begin(), keys.end());
    for (Made &made : m_made)
    {
        try
        {
            const bool is_right =
                lost.count(m_tiles.pyramid().key(made.tile)) == 0 && is_up_to_date(m_tiles, m_below, made.overview);
            count(is_right || m_pass.is_stopped() ? made.outcome : renew(made.tile));
        }
        catch (const TileError &error)
        {
            failed(error.what());
        }
    }
    m_made.clear();
}

/// Are as many made as shall wait for their names together?
bool Refresh::is_enough()
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    return m_made.size() >= kTogether;
}

/// By itself, until it is what the tiles below give.
Refresh::Outcome Refresh::renew(const stac::TileId &tile)
{
    store::Store &store = m_tiles.store();
    const std::string key = m_tiles.pyramid().key(tile);
    const auto lock = store.lock(key);
    Outcome last = Outcome::Lost;
    for (int tries = 0; tries < kMostTries; ++tries)
    {
        const auto there = store.read_stamped(key);
        MadeOverview made = make_overview(m_tiles, m_below, tile);
        const Outcome outcome = put(tile, made, there, lock != nullptr, &store::Store::write_if);
        last = outcome == Outcome::Unchanged && last != Outcome::Lost ? last : outcome;
        // Under our lock: whoever changes what is below now waits for it, to make this tile again.
        const bool left_to_others = lock && tries + 1 == kMostTriesUnderLock;
        if (outcome != Outcome::Lost && (is_up_to_date(m_tiles, m_below, made) || left_to_others))
        {
            return last;
        }
        if (!lock)
        {
            store::pause_after(tries);
        }
    }
    throw TileError(store.path(key), "cannot be made: it or the tiles below it change all the time");
}

Refresh::Outcome Refresh::put(const stac::TileId &tile, MadeOverview &made,
                              const std::optional<store::StampedObject> &there, bool locked, WriteIf write_if)
{
    store::Store &store = m_tiles.store();
    const std::string key = m_tiles.pyramid().key(tile);
    const std::optional<store::Stamp> before = there ? std::optional(there->stamp) : std::nullopt;
    const std::optional<store::Bytes> bytes = made.pixels && !m_tiles.is_empty(*made.pixels)
                                                  ? std::optional(m_tiles.encode(tile, *made.pixels))
                                                  : std::nullopt;
    const bool same = there.has_value() == bytes.has_value() && (!there || there->bytes == *bytes);
    const bool is_put =
        same || (bytes ? (store.*write_if)(key, bytes->data(), bytes->size(), before) : store.remove_if(key, before));
    // Nobody else writes under our lock: the stamp is of what we wrote, and the level above need not read it.
    if (is_put && (same || locked) && tile.level > m_tiles.pyramid().coarsest)
    {
        m_below.keep(tile, {bytes ? stored(tile, *bytes, *made.pixels) : nullptr, same ? before : store.stamp(key)});
    }
    return !is_put ? Outcome::Lost : same ? Outcome::Unchanged : bytes ? Outcome::Written : Outcome::Removed;
}

/// What is read from the tile that was made of these pixels, which it may take.
TilePyramid::Block Refresh::stored(const stac::TileId &tile, const store::Bytes &bytes, PixelBlock &pixels) const
{
    return m_is_lossy ? m_tiles.decode(tile, bytes) : std::make_shared<const PixelBlock>(std::move(pixels));
}

void Refresh::failed(const std::string &why)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_first_failure = m_failed++ == 0 ? why : m_first_failure;
}

void Refresh::count(Outcome outcome)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_result.unchanged += outcome == Outcome::Unchanged ? 1 : 0;
    m_result.written += outcome == Outcome::Written ? 1 : 0;
    m_result.removed += outcome == Outcome::Removed ? 1 : 0;
}

/// Has the kernel of a pixel without data under it data from beside? Then a tile that comes to be there, or is removed,
/// changes in all its pixels, far from the change.
bool spreads(Resampling resampling)
{
    return resampling == Resampling::Bilinear || resampling == Resampling::CubicSpline;
}

void add_tile_by_tile(const Pyramid &pyramid, int level, const stac::TileSet &changed, stac::LevelSets &levels)
{
    stac::TileSet tiles = changed;
    for (int finer = level; finer > pyramid.coarsest; --finer)
    {
        tiles = stac::parents(pyramid.grid, finer, tiles, pyramid.reach(finer));
        levels[finer - 1].insert(tiles);
    }
}

/// Calls `add` with each level above, and how many pixels of `level` its kernels reach beyond what lies under a tile:
/// that adds up from level to level.
void for_each_level_above(const Pyramid &pyramid, int level,
                          const std::function<void(int above, std::int64_t reach)> &add)
{
    double reach = 0;
    for (int finer = level; finer > pyramid.coarsest; --finer)
    {
        reach += pyramid.reach(finer) * pyramid.matrix(finer).cell_size / pyramid.matrix(level).cell_size;
        add(finer - 1, static_cast<std::int64_t>(std::ceil(reach)));
    }
}

} // namespace

stac::LevelSets overviews_above(const Pyramid &pyramid, const stac::LevelSets &tiles)
{
    stac::LevelSets levels;
    for (const auto &[level, changed] : tiles)
    {
        if (level < pyramid.finest)
        {
            levels[level].insert(changed);
        }
        if (!changed.empty())
        {
            if (spreads(pyramid.overview_resampling))
            {
                add_tile_by_tile(pyramid, level, changed, levels);
                continue;
            }
            for_each_level_above(pyramid, level,
                                 [&, from = level, &tiles = changed](int above, std::int64_t reach)
                                 { levels[above].insert(stac::tiles_above(pyramid.grid, from, tiles, above, reach)); });
        }
    }
    return levels;
}

void add_overviews_above(const Pyramid &pyramid, const stac::PixelWindow &pixels, stac::LevelSets &overviews)
{
    const stac::TileMatrix &base = pyramid.matrix(pyramid.finest);
    if (spreads(pyramid.overview_resampling))
    {
        add_tile_by_tile(pyramid, pyramid.finest, stac::TileSet(base.tiles_of(pixels)), overviews);
        return;
    }
    for_each_level_above(pyramid, pyramid.finest,
                         [&](int above, std::int64_t reach)
                         {
                             const stac::TileRange tiles =
                                 pyramid.matrix(above).tiles_covering(base.bounds(pixels.grown(reach)));
                             overviews[above].insert(stac::TileSet(tiles));
                         });
}

RefreshResult renew(const TilePyramid &tiles, const stac::LevelSets &overviews, const RefreshSettings &settings)
{
    return Refresh(tiles, overviews, settings).run();
}

} // namespace tiledir::raster
