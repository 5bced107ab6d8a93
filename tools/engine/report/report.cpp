#include "tools/engine/report/report.h"

#include <algorithm>

namespace tiledir::engine
{
namespace
{

constexpr std::size_t kSlowestShown = 10;

} // namespace

void Report::made(const stac::TileId &tile, bool stored, std::size_t bytes)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    Level &level = m_levels[tile.level];
    ++(stored ? level.stored : level.empty);
    m_made.insert(tile);
    m_bytes += static_cast<std::int64_t>(bytes);
    ++m_tiles;
}

void Report::handed_on(const stac::TileId &tile)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_made.insert(tile);
}

void Report::failed(const TileFailure &failure)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    ++m_levels[failure.tile.level].failed;
    m_failures.push_back(failure);
    m_unmade.insert(failure.tile);
    ++m_tiles;
    ++m_failed_tiles;
}

void Report::held_back(const stac::TileId &tile)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_unmade.insert(tile);
}

stac::TileSet Report::made_at(int level) const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    return m_made.at(level);
}

bool Report::is_unmade(const stac::TileId &tile) const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    return m_unmade.contains(tile);
}

stac::LevelSets Report::unmade() const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    return m_unmade;
}

void Report::spent(Phase phase, std::chrono::nanoseconds time)
{
    m_nanoseconds[static_cast<std::size_t>(phase)] += time.count();
}

void Report::took(const Timing &timing)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    if (m_slowest.size() == kSlowestShown && timing.seconds <= m_slowest.back().seconds)
    {
        return;
    }
    const auto place = std::upper_bound(m_slowest.begin(), m_slowest.end(), timing,
                                        [](const Timing &a, const Timing &b) { return a.seconds > b.seconds; });
    m_slowest.insert(place, timing);
    m_slowest.resize(std::min(m_slowest.size(), kSlowestShown));
}

void Report::has_memory(std::int64_t all, std::int64_t worker, int at_once)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_memory.peak = std::max(m_memory.peak, all);
    m_memory.worker_peak = std::max(m_memory.worker_peak, worker);
    m_memory.most_at_once = std::max(m_memory.most_at_once, at_once);
}

void Report::has_budget(std::int64_t bytes)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_memory.budget = bytes;
}

void Report::requested(const std::map<std::string, std::int64_t> &counts)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    for (const auto &[kind, count] : counts)
    {
        m_requests[kind] += count;
    }
}

std::vector<TileFailure> Report::failures() const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    return m_failures;
}

std::map<int, Report::Level> Report::levels() const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    return m_levels;
}

std::int64_t Report::held_back() const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    return m_unmade.count() - static_cast<std::int64_t>(m_failures.size());
}

double Report::seconds(Phase phase) const
{
    return static_cast<double>(m_nanoseconds[static_cast<std::size_t>(phase)]) / 1e9;
}

std::vector<Timing> Report::slowest() const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    return m_slowest;
}

std::map<std::string, std::int64_t> Report::requests() const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    return m_requests;
}

Report::Memory Report::memory() const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    return m_memory;
}

} // namespace tiledir::engine
