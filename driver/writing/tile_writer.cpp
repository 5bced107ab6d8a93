#include "driver/writing/tile_writer.h"

#include "driver/journal/tell_journal.h"
#include "driver/raster/folder/stored_item.h"
#include "driver/raster/upkeep/refresh.h"
#include "driver/store/gdal_edge.h"
#include "driver/store/task_queue.h"
#include "driver/store/update_object.h"

#include <cpl_conv.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace tiledir::driver
{

namespace
{

/// Pixels that wait to be stored. TILEDIR_WRITE_BUFFER_MB.
std::size_t buffer_limit()
{
    const double megabytes = CPLAtof(CPLGetConfigOption("TILEDIR_WRITE_BUFFER_MB", "256"));
    return static_cast<std::size_t>(std::clamp(megabytes, 1.0, 1e6) * 1024 * 1024);
}

} // namespace

TileWriter::TileWriter(raster::Pyramid pyramid, std::unique_ptr<store::Store> store, std::string item_key,
                       WritingOptions options)
    : m_pyramid(std::move(pyramid))
    , m_store(std::move(store))
    , m_tiles(m_pyramid, *m_store)
    , m_item_key(std::move(item_key))
    , m_options(std::move(options))
    , m_buffer(m_tiles)
{
}

TileWriter::~TileWriter() = default;

bool TileWriter::is_full() const
{
    return m_buffer.size() > buffer_limit();
}

/// Before the first tile is touched, so that whoever finds us dead knows what to refresh.
void TileWriter::announce(const stac::TileSet &places)
{
    const bool is_first = !m_intent;
    if (is_first)
    {
        m_intent = std::make_unique<journal::Intent>(*m_store);
    }
    m_intent->add(m_pyramid.matrix(m_pyramid.finest).id, places);
    if (is_first)
    {
        try
        {
            raster::check_layout(*m_store, m_item_key, m_options.layout, *m_intent);
        }
        catch (...)
        {
            m_intent.reset();
            throw;
        }
    }
}

void TileWriter::store()
{
    store_tiles();
    m_store->sync();
}

/// Gives the tiles their names, which are not durable yet.
void TileWriter::store_tiles()
{
    TileBuffer::Tiles tiles = m_buffer.release();
    if (tiles.empty())
    {
        return;
    }
    stac::TileSet places;
    for (auto &[place, tile] : tiles)
    {
        places.insert(place.first, place.second);
    }
    Storing storing;
    try
    {
        announce(places);
        m_stored = true;
        store::TaskQueue queue(
            std::min(m_options.threads, static_cast<int>(std::min<std::size_t>(tiles.size(), 1024))));
        for (auto &[place, tile] : tiles)
        {
            queue.add([&, &place = place, &tile = tile] { store_one(place, tile, storing, Write::Staged); });
        }
        queue.finish();
        const std::vector<std::string> keys = m_store->publish();
        const std::set<std::string> lost(keys.begin(), keys.end());
        for (auto &[place, tile] : tiles)
        {
            if (lost.count(key_of(place)) > 0)
            {
                store_one(place, tile, storing, Write::AtOnce); // somebody else was faster
            }
        }
    }
    catch (...)
    {
        m_buffer.put_back(std::move(tiles));
        throw;
    }
    for (const auto &[place, stored] : storing.done)
    {
        note(place, stored);
    }
    if (storing.failure)
    {
        m_store->sync();
        for (const auto &[place, stored] : storing.done)
        {
            tiles.erase(place);
        }
        m_buffer.put_back(std::move(tiles));
        std::rethrow_exception(storing.failure);
    }
}

std::string TileWriter::key_of(TileBuffer::Place place) const
{
    return m_pyramid.key({m_pyramid.finest, place.first, place.second});
}

void TileWriter::store_one(TileBuffer::Place place, const ChangedTile &tile, Storing &storing, Write write)
{
    std::exception_ptr error;
    StoredTile stored;
    try
    {
        stored = store_tile(place, tile, write);
        stored.is_given_whole = tile.is_whole();
    }
    catch (const std::exception &)
    {
        error = std::current_exception();
    }
    const std::lock_guard<std::mutex> lock(storing.mutex);
    if (error)
    {
        // One whose answer was lost may be there.
        m_whole.insert(place.first, place.second, place.second);
        storing.failure = storing.failure ? storing.failure : error;
        storing.done.erase(place);
        return;
    }
    storing.done[place] = stored;
}

void TileWriter::warn_of_loss(bool encoded_again)
{
    if (m_options.lossy && encoded_again && !m_loss_told.exchange(true))
    {
        warn(m_store->path(m_item_key) +
             ": its tiles' format is lossy: what is not changed of a tile is encoded again");
    }
}

void TileWriter::note(TileBuffer::Place place, const StoredTile &stored)
{
    const auto [row, col] = place;
    if (stored.is_given_whole)
    {
        m_parts.erase(row, col, col);
    }
    else if (!m_changed.contains(row, col))
    {
        m_parts.insert(row, col);
    }
    m_changed.insert(row, col);
    (stored.is_there ? m_there : m_gone).insert(row, col);
    (stored.is_there ? m_gone : m_there).erase(row, col, col);
    if (!stored.part)
    {
        m_whole.insert(row, col);
    }
    else if (stored.part->width > 0)
    {
        raster::add_overviews_above(m_pyramid, *stored.part, m_above);
    }
}

TileWriter::StoredTile TileWriter::store_tile(TileBuffer::Place place, const ChangedTile &tile, Write write)
{
    const stac::TileId id{m_pyramid.finest, place.first, place.second};
    const std::string key = key_of(place);
    StoredTile stored;
    const auto merged = [&](const store::Bytes *there)
    {
        stored = {};
        const raster::TilePyramid::Block before = there != nullptr ? m_tiles.decode(id, *there) : nullptr;
        raster::PixelBlock pixels =
            before ? raster::PixelBlock(*before) : m_tiles.empty_block(m_pyramid.format.width, m_pyramid.format.height);
        if (m_pyramid.format.mask)
        {
            tile.mark_changes(pixels, m_pyramid.format.bands);
        }
        tile.put_onto(pixels);
        stored.is_there = !m_tiles.is_empty(pixels);
        if (before && stored.is_there && !m_options.lossy)
        {
            const stac::PixelWindow at = m_pyramid.matrix(id.level).tile_window(id.row, id.col);
            const stac::PixelWindow part = raster::difference(*before, pixels);
            stored.part = {at.col + part.col, at.row + part.row, part.width, part.height};
        }
        return stored.is_there ? std::optional(m_tiles.encode(id, pixels)) : std::nullopt;
    };
    if (!tile.is_whole())
    {
        const store::ChangeObject change = [&](const store::Bytes *there)
        {
            warn_of_loss(there != nullptr);
            return merged(there);
        };
        const bool alone = write == Write::Staged ? store::stage_object(*m_store, key, change)
                                                  : store::update_object(*m_store, key, change);
        if (!alone)
        {
            stored.part.reset(); // elsewhere pixels that others wrote meanwhile may be as before again
        }
        return stored;
    }
    const auto lock = m_store->lock(key); // who merges at the same time must see this
    if (const auto bytes = merged(nullptr))
    {
        m_store->write_tile(key, bytes->data(), bytes->size(), store::Replacing::Looking);
    }
    else if (m_store->stamp(key))
    {
        m_store->remove(key);
    }
    return stored;
}

void TileWriter::rebuild(raster::Resampling resampling, const stac::TileSet &tiles,
                         const std::function<bool(double done)> &go_on)
{
    store();
    if (resampling != m_pyramid.overview_resampling)
    {
        m_pyramid.overview_resampling = resampling;
        raster::set_overview_resampling(*m_store, m_item_key, resampling);
    }
    announce(tiles);
    m_changed.insert(tiles);
    m_whole.insert(tiles);
    refresh(go_on);
}

void TileWriter::refresh(const std::function<bool(double done)> &go_on)
{
    if (m_changed.empty())
    {
        m_store->sync();
        return;
    }
    if (m_options.overviews_from_process)
    {
        end_refresh(raster::overviews_above(m_pyramid, {{m_pyramid.finest, m_changed}})); // only a run makes them
        return;
    }
    raster::RefreshSettings settings;
    settings.threads = m_options.threads;
    settings.go_on = go_on;
    stac::LevelSets overviews = raster::overviews_above(m_pyramid, {{m_pyramid.finest, m_whole}});
    overviews.insert(m_above);
    raster::renew(m_tiles, overviews, settings);
    end_refresh({});
}

/// Tells what else there is beside tiles: a run's journal, and the item.
void TileWriter::record_changes(const stac::LevelSets &stale)
{
    journal::TileStates said;
    said.foreign = {{m_pyramid.finest, m_changed}};
    said.parts = {{m_pyramid.finest, m_parts}};
    said.foreign[m_pyramid.finest].erase(m_parts);
    said.pending = stale;
    journal::tell_journal(*m_store, m_pyramid.grid, said);
    if (!m_there.empty() || !m_gone.empty())
    {
        raster::grow_item(*m_store, m_item_key, m_pyramid, m_there);
        raster::shrink_item(m_tiles, m_item_key, m_gone, m_options.threads);
    }
}

void TileWriter::end_refresh(const stac::LevelSets &stale)
{
    record_changes(stale);
    m_store->sync();
    m_changed = {};
    m_whole = {};
    m_parts = {};
    m_above = {};
    m_there = {};
    m_gone = {};
    m_intent->finish();
    m_intent.reset();
}

void TileWriter::change_item(const stac::ItemChange &change)
{
    const auto bands = static_cast<std::size_t>(m_pyramid.format.bands);
    raster::change_item(*m_store, m_item_key,
                        [&](nlohmann::ordered_json &json)
                        {
                            stac::change_item(json, m_options.asset, bands, change);
                            return true;
                        });
    m_store->sync();
}

void TileWriter::flush()
{
    if (m_options.refresh != Refresh::AtFlush)
    {
        store();
        return;
    }
    store_tiles();
    refresh(); // at its end all is durable
}

void TileWriter::finish()
{
    if (m_options.refresh != Refresh::Never)
    {
        store_tiles();
        refresh();
        return;
    }
    store();
    if (m_intent)
    {
        record_changes({});
        m_intent->release();
        m_intent.reset();
    }
}

} // namespace tiledir::driver
