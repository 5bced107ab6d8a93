#include "driver/raster/refresh.h"

#include "driver/store/task_queue.h"
#include "driver/store/update_object.h"
#include "stac/error.h"
#include "stac/tile_parents.h"

#include <algorithm>
#include <map>
#include <optional>

namespace tiledir::raster
{

namespace
{

/// Rounds in which a tile's children change while it is made, before somebody else is to make it.
constexpr int kMostRounds = 1000;

using Stamps = std::map<stac::TileId, std::optional<store::Stamp>>;

/// One tile, made from its children.
class Overview
{
public:
    Overview(const TilePyramid &pyramid, const stac::TileId &tile)
        : m_pyramid(pyramid)
        , m_tile(tile)
    {
    }

    /// Makes it until its children are, after it was written, those that it was made from.
    void make()
    {
        for (int round = 0; round < kMostRounds; ++round)
        {
            store::update_object(m_pyramid.store(), m_pyramid.pyramid().key(m_tile),
                                 [this](const store::Bytes *) { return bytes(); });
            if (is_up_to_date())
            {
                return;
            }
        }
        throw TileError(m_pyramid.store().path(m_pyramid.pyramid().key(m_tile)) +
                        ": the tiles under it change all the time; refresh it again later");
    }

private:
    std::optional<store::Bytes> bytes()
    {
        m_stamps.clear();
        const PixelBlock finer = m_pyramid.pixels(m_tile.level + 1, m_pyramid.window_under(m_tile),
                                                  [this](const stac::TileId &child) { return read(child); });
        const bool childless =
            std::all_of(m_stamps.begin(), m_stamps.end(), [](const auto &entry) { return !entry.second; });
        if (childless)
        {
            return std::nullopt;
        }
        const PixelBlock pixels = m_pyramid.overview(m_tile, finer);
        return m_pyramid.is_empty(pixels) ? std::nullopt : std::optional(m_pyramid.encode(m_tile, pixels));
    }

    TilePyramid::Block read(const stac::TileId &child)
    {
        const auto there = m_pyramid.store().read_stamped(m_pyramid.pyramid().key(child));
        m_stamps[child] = there ? std::optional(there->stamp) : std::nullopt;
        return there ? m_pyramid.decode(child, there->bytes) : nullptr;
    }

    bool is_up_to_date() const
    {
        for (const auto &[child, stamp] : m_stamps)
        {
            if (m_pyramid.store().stamp(m_pyramid.pyramid().key(child)) != stamp)
            {
                return false;
            }
        }
        return true;
    }

    const TilePyramid &m_pyramid;
    stac::TileId m_tile;
    Stamps m_stamps; ///< of the children that it was made from
};

} // namespace

void refresh(const TilePyramid &pyramid, const stac::TileSet &base_tiles, const RefreshSettings &settings)
{
    const Pyramid &layout = pyramid.pyramid();
    stac::LevelSets levels;
    stac::TileSet tiles = base_tiles;
    std::int64_t all = 0;
    for (int level = layout.finest; level > layout.coarsest; --level)
    {
        tiles = stac::parents(layout.grid, level, tiles, layout.overview_halo());
        levels[level - 1] = tiles;
        all += tiles.count();
    }
    std::int64_t done = 0;
    for (auto level = levels.rbegin(); level != levels.rend(); ++level)
    {
        store::TaskQueue queue(settings.threads);
        level->second.for_each_run(
            [&](std::int64_t row, std::int64_t first, std::int64_t last)
            {
                for (std::int64_t col = first; col <= last; ++col)
                {
                    queue.add([&pyramid, tile = stac::TileId{level->first, row, col}]
                              { Overview(pyramid, tile).make(); });
                    ++done;
                    if (settings.go_on && !settings.go_on(static_cast<double>(done) / static_cast<double>(all)))
                    {
                        throw TileError("refresh: was interrupted");
                    }
                }
            });
        queue.finish();
    }
}

} // namespace tiledir::raster
