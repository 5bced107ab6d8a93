// What a run did: counted while it goes, shown while it goes and told at its end.
#pragma once

#include "stac/grid/level_sets.h"
#include "tools/engine/report/failure.h"
#include "tools/engine/resolved/resolved_recipe.h"

#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace tiledir::engine
{

enum class Phase
{
    Read,
    Process,
    Overview,
    Encode,
    Write
};
constexpr std::array<const char *, 5> kPhaseNames = {"read", "process", "overview", "encode", "write"};

/// Tiles that are made together.
struct Portion
{
    int level = 0;
    stac::TileRange tiles;
};

inline Portion portion_of(const stac::TileId &tile)
{
    return {tile.level, {tile.row, tile.row, tile.col, tile.col}};
}

/// How long a portion took.
struct Timing
{
    Portion portion;
    double seconds = 0; ///< wall
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

    /// Memory of a run with what it may have.
    struct Memory
    {
        std::int64_t budget = 0;
        std::int64_t peak = 0;        ///< of all processes together, as far as it was looked at
        std::int64_t worker_peak = 0; ///< of one worker; 0 without workers
        int most_at_once = 0;         ///< batches
    };

    void made(const stac::TileId &tile, bool stored, std::size_t bytes);
    void failed(const TileFailure &failure);
    /// Not made, because a tile under it failed: stays pending.
    void held_back(const stac::TileId &tile);
    /// Computed, and about to be written: it need not be made again.
    void handed_on(const stac::TileId &tile);
    stac::TileSet made_at(int level) const; ///< those handed on too
    bool is_unmade(const stac::TileId &tile) const;
    stac::LevelSets unmade() const; ///< failed or held back
    void spent(Phase phase, std::chrono::nanoseconds time);
    /// Tried again, or made in a worker that died and has to be replaced.
    void retried() { ++m_retries; }
    void worker_died() { ++m_dead_workers; }
    void took(const Timing &timing);
    void has_memory(std::int64_t all, std::int64_t worker, int at_once);
    void has_budget(std::int64_t bytes);
    /// Requests and bytes by kind, of workers.
    void requested(const std::map<std::string, std::int64_t> &counts);

    std::int64_t tiles() const { return m_tiles; } ///< made or failed
    std::int64_t failed_tiles() const { return m_failed_tiles; }
    std::vector<TileFailure> failures() const;
    std::map<int, Level> levels() const;
    /// Overviews not made because of failures under them.
    std::int64_t held_back() const;
    std::int64_t bytes() const { return m_bytes; }
    /// Seconds of all threads together.
    double seconds(Phase phase) const;
    std::int64_t retries() const { return m_retries; }
    std::int64_t dead_workers() const { return m_dead_workers; }
    std::vector<Timing> slowest() const; ///< the slowest first
    Memory memory() const;
    std::map<std::string, std::int64_t> requests() const;

private:
    mutable std::mutex m_mutex;
    std::map<int, Level> m_levels;
    std::vector<TileFailure> m_failures;
    stac::LevelSets m_made;
    stac::LevelSets m_unmade;
    std::vector<Timing> m_slowest;
    Memory m_memory;
    std::map<std::string, std::int64_t> m_requests;
    std::atomic<std::int64_t> m_tiles{0};
    std::atomic<std::int64_t> m_failed_tiles{0};
    std::atomic<std::int64_t> m_bytes{0};
    std::atomic<std::int64_t> m_retries{0};
    std::atomic<std::int64_t> m_dead_workers{0};
    std::array<std::atomic<std::int64_t>, kPhaseNames.size()> m_nanoseconds{};
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
