// How large batches are to be, by how long those before them took.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

namespace tiledir::engine
{

/// Of one stage of a run. Its first batches are small, so that all makers have work and the journal soon hears of
/// tiles; they grow until each takes a few seconds; the last ones are small again, so that makers end together. All
/// functions may be called from many threads.
class BatchSizes
{
public:
    /// The stage has so many tiles, on which so many makers work at once; its first batches have up to `first` tiles.
    BatchSizes(std::int64_t tiles, std::size_t makers, std::int64_t first);

    /// Tiles that the next batch may have, 1 or more.
    std::int64_t next() const;
    void handed_out(std::int64_t tiles);
    /// A batch of so many tiles took so long.
    void took(std::int64_t tiles, std::chrono::duration<double> time);

private:
    const std::int64_t m_makers;
    mutable std::mutex m_mutex; ///< guards what follows
    std::int64_t m_left;        ///< tiles
    std::int64_t m_largest;     ///< tiles of a batch that has ended
    double m_tiles = 0;         ///< of batches that have ended: the later they did, the more they count
    double m_seconds = 0;       ///< of the same
};

} // namespace tiledir::engine
