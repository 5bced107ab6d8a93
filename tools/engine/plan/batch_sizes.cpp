#include "tools/engine/plan/batch_sizes.h"

#include <algorithm>

namespace tiledir::engine
{
namespace
{

constexpr double kMostSeconds = 10;
/// A batch costs a word in the journal: at the end of a stage they are not smaller than this.
constexpr double kLeastSeconds = 0.5;
/// A batch has at most so many times the tiles of one that has ended.
constexpr std::int64_t kGrowth = 4;
/// What is left is divided into so many batches for each maker.
constexpr std::int64_t kShares = 2;
constexpr double kForgotten = 0.5;

/// Below the range of integers, whatever was measured.
std::int64_t tiles_in(double seconds, double seconds_per_tile)
{
    constexpr double kMany = 1e15;
    return static_cast<std::int64_t>(std::min(kMany, seconds / std::max(seconds_per_tile, 1 / kMany)));
}

} // namespace

BatchSizes::BatchSizes(std::int64_t tiles, std::size_t makers, std::int64_t first)
    : m_makers(std::max<std::int64_t>(1, static_cast<std::int64_t>(makers)))
    , m_left(tiles)
    , m_largest(std::max<std::int64_t>(1, first))
{
}

std::int64_t BatchSizes::next() const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    const std::int64_t share = m_left / (kShares * m_makers);
    if (m_tiles <= 0)
    {
        return std::max<std::int64_t>(1, std::min(m_largest, share));
    }
    const double seconds_per_tile = m_seconds / m_tiles;
    const std::int64_t least = tiles_in(kLeastSeconds, seconds_per_tile);
    const std::int64_t most = std::min(tiles_in(kMostSeconds, seconds_per_tile), kGrowth * m_largest);
    return std::max<std::int64_t>(1, std::min(most, std::max(least, share)));
}

void BatchSizes::handed_out(std::int64_t tiles)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_left -= std::min(tiles, m_left);
}

void BatchSizes::took(std::int64_t tiles, std::chrono::duration<double> time)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_tiles = m_tiles * kForgotten + static_cast<double>(tiles);
    m_seconds = m_seconds * kForgotten + time.count();
    m_largest = std::max(m_largest, tiles);
}

} // namespace tiledir::engine
