// Stores the pixels that a dataset is given, and what follows from them: overviews, item.
#pragma once

#include "driver/journal/intent.h"
#include "driver/raster/pyramid/tile_pyramid.h"
#include "driver/store/store.h"
#include "driver/writing/tile_buffer.h"
#include "driver/writing/writing_options.h"
#include "stac/grid/level_sets.h"
#include "stac/item/item_change.h"

#include <nlohmann/json.hpp>

#include <atomic>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace tiledir::driver
{

/// Pixels may be given from any thread; the other functions are for one thread at a time.
class TileWriter
{
public:
    /// `item_key`: the item's, in the store's folder.
    TileWriter(raster::Pyramid pyramid, std::unique_ptr<store::Store> store, std::string item_key,
               WritingOptions options);
    ~TileWriter();

    const raster::Pyramid &pyramid() const { return m_pyramid; }
    TileBuffer &buffer() { return m_buffer; }
    const TileBuffer &buffer() const { return m_buffer; }
    /// True where what is buffered should be stored now.
    bool is_full() const;

    /// Stores what is buffered. A tile that only a part was given of is read, merged and written, again where somebody
    /// else was faster. Tiles that fail stay in the buffer. Throws TileError, StoreError.
    void store();
    /// Makes the overviews above what was stored since the last time, and lets the item grow. Throws as store().
    void refresh(const std::function<bool(double done)> &go_on = {});
    /// Makes all overviews again, by this method from now on; `tiles` are those of the base level. Throws as store().
    void rebuild(raster::Resampling resampling, const stac::TileSet &tiles,
                 const std::function<bool(double done)> &go_on);
    /// Changes the item, whatever others change of it at the same time. Throws InputError, TileError, StoreError.
    void change_item(const stac::ItemChange &change);
    /// store() and, as the options say, refresh().
    void flush();
    /// Whether any tile was stored since it was asked last.
    bool take_stored() { return std::exchange(m_stored, false); }
    /// The end: all is stored and refreshed, or left for others. May be called twice.
    void finish();

private:
    struct StoredTile
    {
        bool is_there = false;                 ///< now
        bool is_given_whole = false;           ///< by who writes
        std::optional<stac::PixelWindow> part; ///< of the matrix, that has changed; nullopt: all of it may have
    };
    /// Tiles that are being stored, by many threads.
    struct Storing
    {
        std::mutex mutex; ///< for what follows
        std::map<TileBuffer::Place, StoredTile> done;
        std::exception_ptr failure; ///< the first
    };
    enum class Write
    {
        Staged, ///< many together
        AtOnce
    };
    void store_tiles();
    void store_one(TileBuffer::Place place, const ChangedTile &tile, Storing &storing, Write write);
    StoredTile store_tile(TileBuffer::Place place, const ChangedTile &tile, Write write);
    std::string key_of(TileBuffer::Place place) const;
    void note(TileBuffer::Place place, const StoredTile &stored);
    void announce(const stac::TileSet &places);
    void record_changes(const stac::LevelSets &stale);
    void end_refresh(const stac::LevelSets &stale);
    void warn_of_loss(bool encoded_again);

    raster::Pyramid m_pyramid;
    std::unique_ptr<store::Store> m_store;
    raster::TilePyramid m_tiles;
    std::string m_item_key;
    WritingOptions m_options;
    TileBuffer m_buffer;
    stac::TileSet m_changed; ///< stored, and not refreshed yet
    stac::TileSet m_whole;   ///< of these, what may have changed in all its pixels
    stac::TileSet m_parts;   ///< of m_changed, those that only parts were given of
    stac::LevelSets m_above; ///< overviews of what has changed in others
    stac::TileSet m_there;   ///< of those that pixels were given to, the ones that are stored
    stac::TileSet m_gone;    ///< and the ones that were removed
    bool m_stored = false;
    std::unique_ptr<journal::Intent> m_intent;
    std::atomic<bool> m_loss_told{false};
};

} // namespace tiledir::driver
