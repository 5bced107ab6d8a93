// Tiles that were just made, for the overviews above them.
#pragma once

#include "driver/store/store.h"
#include "stac/grid/tile_set.h"

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

namespace tiledir::engine
{

/// As they are stored, so that whoever decodes them has the pixels that reading them again would give. Bounded: the
/// oldest go first, but none before it is written. All functions may be called from many threads.
class KeptTiles
{
public:
    using Bytes = std::shared_ptr<const store::Bytes>; ///< null: an empty tile

    /// `most_bytes` of those that are written; 0 keeps nothing.
    explicit KeptTiles(std::size_t most_bytes)
        : m_most_bytes(most_bytes)
    {
    }

    /// Before the tile is written: until then nobody can read it elsewhere.
    void keep(const stac::TileId &tile, Bytes bytes);
    /// The tile is written: there may be no room for it any more.
    void written(const stac::TileId &tile);
    /// The tile is written and nobody will want it, or it could not be written.
    void drop(const stac::TileId &tile);
    /// nullopt: it is not kept.
    std::optional<Bytes> find(const stac::TileId &tile) const;

private:
    struct Entry
    {
        Bytes bytes;
        bool is_written = false;
    };
    static std::size_t size_of(const Bytes &bytes);

    const std::size_t m_most_bytes;
    mutable std::mutex m_mutex; ///< guards what follows
    std::map<stac::TileId, Entry> m_tiles;
    std::deque<stac::TileId> m_written; ///< the oldest first
    std::size_t m_written_bytes = 0;
};

/// Bytes that a process keeps: none of an output on a disk, which gives them back as fast.
std::size_t most_kept_bytes(const std::string &output_path);

} // namespace tiledir::engine
