// What a run did: counted while it goes, shown while it goes and told at its end.
#pragma once

#include "stac/tile_set.h"
#include "tools/engine/resolve.h"

#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace tiledir::engine
{

struct TileFailure
{
    stac::TileId tile;
    std::string reason;
};

enum class Phase
{
    Read,
    Process,
    Overview,
    Encode,
    Write
};

/// All functions may be called from many threads.
class Report
{
public:
    struct Level
    {
        std::int64_t stored = 0;
        std::int64_t empty = 0;
        std::int64_t failed = 0;
    };

    void made(const stac::TileId &tile, bool stored, std::size_t bytes);
    void failed(const stac::TileId &tile, const std::string &reason);
    /// Not made, because a tile under it failed: stays pending.
    void held_back(const stac::TileId &tile);
    stac::TileSet made_at(int level) const;
    bool is_unmade(const stac::TileId &tile) const;
    stac::LevelSets unmade() const; ///< failed or held back
    void spent(Phase phase, std::chrono::nanoseconds time);

    std::int64_t tiles() const { return m_tiles; } ///< made or failed
    std::vector<TileFailure> failures() const;
    std::map<int, Level> levels() const;
    /// Overviews not made because of failures under them.
    std::int64_t held_back() const;
    std::int64_t bytes() const { return m_bytes; }
    /// Seconds of all threads together.
    double seconds(Phase phase) const;

    /// For --json and for a person, in one line.
    Json to_json(const Job &job, std::int64_t planned, double seconds, const std::string &state) const;
    std::string summary(double seconds) const;

private:
    mutable std::mutex m_mutex;
    std::map<int, Level> m_levels;
    std::vector<TileFailure> m_failures;
    stac::LevelSets m_made;
    stac::LevelSets m_unmade;
    std::atomic<std::int64_t> m_tiles{0};
    std::atomic<std::int64_t> m_bytes{0};
    std::array<std::atomic<std::int64_t>, 5> m_nanoseconds{};
};

/// Adds the time from its making to its end to a phase.
class PhaseTimer
{
public:
    PhaseTimer(Report &report, Phase phase)
        : m_report(report)
        , m_phase(phase)
    {
    }
    ~PhaseTimer() { m_report.spent(m_phase, std::chrono::steady_clock::now() - m_start); }
    PhaseTimer(const PhaseTimer &) = delete;
    PhaseTimer &operator=(const PhaseTimer &) = delete;

private:
    Report &m_report;
    Phase m_phase;
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

} // namespace tiledir::engine
