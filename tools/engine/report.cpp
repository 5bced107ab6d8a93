#include "tools/engine/report.h"

#include <fmt/format.h>

namespace tiledir::engine
{
namespace
{

constexpr std::array<const char *, 5> kPhaseNames = {"read", "process", "overview", "encode", "write"};

} // namespace

void Report::made(const stac::TileId &tile, bool stored, std::size_t bytes)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    Level &level = m_levels[tile.level];
    ++(stored ? level.stored : level.empty);
    m_made[tile.level].insert(tile.row, tile.col, tile.col);
    m_bytes += static_cast<std::int64_t>(bytes);
    ++m_tiles;
}

void Report::failed(const stac::TileId &tile, const std::string &reason)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    ++m_levels[tile.level].failed;
    m_failures.push_back({tile, reason});
    m_unmade[tile.level].insert(tile.row, tile.col, tile.col);
    ++m_tiles;
}

void Report::held_back(const stac::TileId &tile)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_unmade[tile.level].insert(tile.row, tile.col, tile.col);
}

stac::TileSet Report::made_at(int level) const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    const auto made = m_made.find(level);
    return made == m_made.end() ? stac::TileSet() : made->second;
}

bool Report::is_unmade(const stac::TileId &tile) const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    const auto level = m_unmade.find(tile.level);
    return level != m_unmade.end() && level->second.contains(tile.row, tile.col);
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
    std::int64_t count = 0;
    for (const auto &[level, tiles] : m_unmade)
    {
        count += tiles.count();
    }
    return count - static_cast<std::int64_t>(m_failures.size());
}

double Report::seconds(Phase phase) const
{
    return static_cast<double>(m_nanoseconds[static_cast<std::size_t>(phase)]) / 1e9;
}

Json Report::to_json(const Job &job, std::int64_t planned, double seconds, const std::string &state) const
{
    Json json = {{"state", state},
                 {"output", job.recipe.output_path},
                 {"planned", planned},
                 {"seconds", seconds},
                 {"bytes", bytes()}};
    json["levels"] = Json::object();
    for (const auto &[level, counts] : levels())
    {
        json["levels"][job.matrix(level).id] = {
            {"stored", counts.stored}, {"empty", counts.empty}, {"failed", counts.failed}};
    }
    json["thread_seconds"] = Json::object();
    for (std::size_t phase = 0; phase < kPhaseNames.size(); ++phase)
    {
        json["thread_seconds"][kPhaseNames[phase]] = this->seconds(static_cast<Phase>(phase));
    }
    json["held_back"] = held_back();
    json["failed"] = Json::array();
    for (const auto &failure : failures())
    {
        json["failed"].push_back(
            {{"tile", job.name(failure.tile.level, failure.tile.row, failure.tile.col)}, {"reason", failure.reason}});
    }
    return json;
}

std::string Report::summary(double seconds) const
{
    std::int64_t stored = 0;
    std::int64_t empty = 0;
    std::int64_t failed = 0;
    for (const auto &[level, counts] : levels())
    {
        stored += counts.stored;
        empty += counts.empty;
        failed += counts.failed;
    }
    const std::int64_t held = held_back();
    return fmt::format("{} tiles stored ({:.1f} MB), {} empty, {} failed{}, in {:.1f} s", stored,
                       static_cast<double>(bytes()) / 1e6, empty, failed,
                       held > 0 ? fmt::format(" ({} overviews wait for them)", held) : "", seconds);
}

} // namespace tiledir::engine
