#include "tools/engine/report/report_text.h"

#include "driver/store/network_path.h"

#include <fmt/format.h>

#include <algorithm>

namespace tiledir::engine
{
namespace
{

constexpr std::size_t kFailuresShown = 20;

std::string name(const ResolvedRecipe &resolved, const stac::TileId &tile)
{
    return resolved.name(tile.level, tile.row, tile.col);
}

/// A word of a command line.
std::string quoted(const std::string &text)
{
    constexpr const char *kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:,=@%";
    if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos)
    {
        return text;
    }
    std::string word = "'";
    for (const char letter : text)
    {
        word += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    }
    return word + "'";
}

/// The command that makes one tile alone: of the saved recipe, in which flags are, where commands can read it.
std::string command_of(const ResolvedRecipe &resolved, const stac::TileId &tile)
{
    const std::string &output = resolved.recipe.output_path;
    const std::string recipe = store::is_on_network(output)
                                   ? quoted(resolved.recipe.source) + " --output " + quoted(output)
                                   : quoted(output + "/.tiledir/recipe.yaml");
    return fmt::format("tiledir-process {} --tile {}", recipe, name(resolved, tile));
}

} // namespace

std::string name(const ResolvedRecipe &resolved, const Portion &portion)
{
    const auto span = [](std::int64_t first, std::int64_t last)
    { return first == last ? std::to_string(first) : fmt::format("{}-{}", first, last); };
    const stac::TileRange &tiles = portion.tiles;
    return fmt::format("{}/{}/{}", resolved.matrix(portion.level).id, span(tiles.min_row, tiles.max_row),
                       span(tiles.min_col, tiles.max_col));
}

Json report_json(const Report &report, const ResolvedRecipe &resolved, std::optional<std::int64_t> planned,
                 double seconds, const std::string &state)
{
    const auto count = [&planned](std::int64_t made)
    { return planned ? Json(std::max<std::int64_t>(0, *planned - made)) : Json(); };
    Json json = {{"state", state},      {"output", resolved.recipe.output_path},
                 {"planned", count(0)}, {"pending", count(report.tiles())},
                 {"seconds", seconds},  {"bytes", report.bytes()}};
    json["levels"] = Json::object();
    for (const auto &[level, counts] : report.levels())
    {
        json["levels"][resolved.matrix(level).id] = {
            {"stored", counts.stored}, {"empty", counts.empty}, {"failed", counts.failed}};
    }
    json["thread_seconds"] = Json::object();
    for (std::size_t phase = 0; phase < kPhaseNames.size(); ++phase)
    {
        json["thread_seconds"][kPhaseNames[phase]] = report.seconds(static_cast<Phase>(phase));
    }
    const Report::Memory memory = report.memory();
    json["memory"] = {{"budget", memory.budget},
                      {"peak", memory.peak},
                      {"worker_peak", memory.worker_peak},
                      {"most_batches_at_once", memory.most_at_once}};
    json["retries"] = report.retries();
    json["dead_workers"] = report.dead_workers();
    json["slowest"] = Json::array();
    for (const auto &timing : report.slowest())
    {
        json["slowest"].push_back({{"tiles", name(resolved, timing.portion)}, {"seconds", timing.seconds}});
    }
    json["held_back"] = report.held_back();
    json["failed"] = Json::array();
    for (const auto &failure : report.failures())
    {
        json["failed"].push_back({{"tile", name(resolved, failure.tile)},
                                  {"cause", failure.cause},
                                  {"attempts", failure.attempts},
                                  {"reason", failure.reason},
                                  {"command", command_of(resolved, failure.tile)}});
    }
    return json;
}

std::string report_summary(const Report &report, double seconds)
{
    std::int64_t stored = 0;
    std::int64_t empty = 0;
    std::int64_t failed = 0;
    for (const auto &[level, counts] : report.levels())
    {
        stored += counts.stored;
        empty += counts.empty;
        failed += counts.failed;
    }
    const std::int64_t held = report.held_back();
    const std::int64_t deaths = report.dead_workers();
    return fmt::format("{} tiles stored ({:.1f} MB), {} empty, {} failed{}{}, in {:.1f} s", stored,
                       static_cast<double>(report.bytes()) / 1e6, empty, failed,
                       held > 0 ? fmt::format(" ({} overviews wait for them)", held) : "",
                       deaths > 0 ? fmt::format(", {} workers died and were replaced", deaths) : "", seconds);
}

std::vector<std::string> failure_lines(const Report &report, const ResolvedRecipe &resolved)
{
    std::vector<std::string> lines;
    const std::vector<TileFailure> failures = report.failures();
    for (const auto &failure : failures)
    {
        if (lines.size() == kFailuresShown)
        {
            lines.push_back(
                fmt::format("event=failed more={} note=\"--json lists all\"", failures.size() - lines.size()));
            break;
        }
        lines.push_back(fmt::format("event=failed tile={} cause={} attempts={} reason=\"{}\" alone=\"{}\"",
                                    name(resolved, failure.tile), failure.cause, failure.attempts, failure.reason,
                                    command_of(resolved, failure.tile)));
    }
    return lines;
}

} // namespace tiledir::engine
