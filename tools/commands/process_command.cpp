#include "tools/commands/process_command.h"

#include "stac/error.h"
#include "stac/json/json_document.h"
#include "tools/commands/redacting_formatter.h"
#include "tools/engine/host/network_watch.h"
#include "tools/engine/host/stop_request.h"
#include "tools/engine/output/status.h"
#include "tools/engine/resolved/resolve.h"

#include <fmt/format.h>
#include <gdal.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <cstdlib>

namespace tiledir::commands
{
namespace
{

void print_estimate(const engine::Json &estimate)
{
    fmt::print("output: {}\nlevels: {}\ntiles: {}\npixels: {}\nat most: {:.1f} MB, not compressed\n",
               estimate["output"].get<std::string>(), estimate["levels"].get<std::string>(),
               estimate["tiles"].get<std::int64_t>(), estimate["pixels"].get<std::int64_t>(),
               estimate["estimated_bytes"].get<double>() / 1e6);
    for (const auto &[level, tiles] : estimate["by_level"].items())
    {
        fmt::print("  level {}: {} tiles\n", level, tiles.get<std::int64_t>());
    }
    if (const auto requests = estimate.find("estimated_requests"); requests != estimate.end())
    {
        const auto count = [&](const char *kind, const char *of)
        { return requests->at(kind).at(of).get<std::int64_t>(); };
        fmt::print(
            "requests, about: {} PUT of tiles, {} of journal and state; {} GET of inputs, {} of tiles, {} of journal "
            "and state; {} LIST\n",
            count("PUT", "tiles"), count("PUT", "state"), count("GET", "inputs"), count("GET", "tiles"),
            count("GET", "state"), requests->at("LIST").get<std::int64_t>());
    }
}

} // namespace

/// When a run gives up.
void ProcessCommand::add_limits(CLI::App &app)
{
    app.add_option("--max-failures", m_options.max_failures, "more failed tiles end the run; any number may fail")
        ->type_name("N")
        ->check(CLI::NonNegativeNumber);
    app.add_flag("--fail-fast", m_fail_fast, "the first failed tile ends the run")->excludes("--max-failures");
}

void ProcessCommand::setup(CLI::App &app)
{
    app.add_option("recipe", m_recipe, "YAML file that says what to make (tiledir recipe --help)")
        ->required()
        ->type_name("RECIPE");
    // Flags that stand for a key of the recipe: their help is the key's.
    const auto flag_for = [&](const char *flag, const char *type, const std::string &key)
    {
        const auto dot = key.find('.');
        const engine::Schema &top = engine::recipe_schema();
        const engine::Key &declared =
            dot == std::string::npos ? top.key(key) : top.key(key.substr(0, dot)).keys->key(key.substr(dot + 1));
        app.add_option_function<std::string>(
               flag, [this, key](const std::string &text) { m_overrides[key] = text; }, declared.help)
            ->type_name(type);
    };
    app.add_option_function<std::string>(
           "--output", [this](const std::string &text) { m_overrides["output.path"] = text; },
           "folder of the tiles; relative to the working folder")
        ->type_name("DIR");
    app.add_option_function<std::string>(
           "--bounds", [this](const std::string &text) { m_overrides["bounds"] = "[" + text + "]"; },
           engine::recipe_schema().key("bounds").help)
        ->type_name("W,S,E,N");
    flag_for("--region", "FILE|WKT", "region.polygon");
    app.add_option_function<std::string>(
           "--point", [this](const std::string &text) { m_overrides["region.point"] = "[" + text + "]"; },
           "longitude and latitude: the tile that it lies in")
        ->type_name("X,Y");
    flag_for("--tile", "LEVEL/ROW/COL", "region.tile");
    flag_for("--levels", "LEVELS", "levels");
    flag_for("--threads", "N", "threads");
    flag_for("--executor", "NAME", "executor");
    flag_for("--memory", "SIZE", "memory");
    flag_for("--tile-timeout", "SECONDS", "tile_timeout");
    add_limits(app);
    app.add_flag("--resume", m_resume, "go on where the last run ended (the default)");
    app.add_flag("--overwrite", m_options.overwrite, "make the selected tiles again")->excludes("--resume");
    app.add_flag("--retry-failed", m_options.retry_failed,
                 "make only the tiles that failed, and the overviews above them")
        ->excludes("--overwrite");
    app.add_flag("--check", m_options.check, "make tiles again that were removed since: looks which are there");
    app.add_flag("--accept-old", m_options.accept_old,
                 "where the recipe changed: keep finished tiles, and note the mixture in the item");
    app.add_flag("--update", m_options.update,
                 "where the recipe or the inputs changed: make again the tiles that this touches")
        ->excludes("--overwrite")
        ->excludes("--accept-old")
        ->excludes("--retry-failed");
    app.add_option("--max-tiles", m_options.max_tiles, "refuse a plan of more tiles")->type_name("N");
    app.add_option("--max-bytes", m_options.max_bytes,
                   "refuse a plan of more bytes of pixels, not compressed: 500MB, 2TB")
        ->transform(CLI::AsSizeValue(true))
        ->type_name("N");
    app.add_flag("--dry-run", m_dry_run, "say how many tiles and pixels would be made, and make nothing");
    app.add_flag("--quiet", m_quiet, "no progress, errors only");
    app.add_flag("--json", m_json, "print a machine-readable report at the end; progress is JSON lines on stderr");
}

int ProcessCommand::run(const engine::ProcessRegistry &processes)
{
    if (m_quiet)
    {
        spdlog::set_level(spdlog::level::err);
    }
    engine::Recipe recipe = engine::Recipe::read(m_recipe, m_overrides, processes);
    const engine::Secrets secrets = recipe.secrets;
    redact_logs(secrets);
    const engine::NetworkWatch watch;
    return secrets.guard([&] { return run(std::move(recipe)); });
}

/// Where a store refuses what is looked at before there is a plan, the report says so.
std::shared_ptr<const engine::ResolvedRecipe> ProcessCommand::resolve(engine::Recipe recipe) const
{
    const std::string output = recipe.output_path;
    const engine::Secrets secrets = recipe.secrets;
    try
    {
        return engine::resolve(std::move(recipe));
    }
    catch (const StoreError &error)
    {
        if (m_json && !m_dry_run)
        {
            const engine::Json report = {{"state", engine::kStopped},
                                         {"cause", error.what()},
                                         {"output", output},
                                         {"planned", nullptr},
                                         {"pending", nullptr}};
            fmt::print("{}\n", stac::text_of_json(secrets.redacted_json(report), 2));
        }
        throw;
    }
}

int ProcessCommand::run(engine::Recipe recipe)
{
    const auto resolved = resolve(std::move(recipe));
    if (m_dry_run)
    {
        const engine::Json estimate = engine::estimate(resolved, m_options);
        m_json ? fmt::print("{}\n", stac::text_of_json(estimate, 2)) : print_estimate(estimate);
        return ExitDone;
    }
    // Before it, a signal ends the process at once: nothing is to be put in order.
    m_options.begins = engine::catch_stop_signals;
    m_options.stop = engine::stop_signals();
    m_options.progress = m_quiet  ? engine::ProgressStyle::None
                         : m_json ? engine::ProgressStyle::Lines
                                  : engine::ProgressStyle::Human;
    if (m_fail_fast)
    {
        m_options.max_failures = 0;
    }
    m_options.abandon = [this](const engine::RunResult &result)
    {
        const int code = end(result);
        std::fflush(nullptr);
        std::_Exit(code);
    };
    return end(engine::run(resolved, m_options));
}

int ProcessCommand::end(const engine::RunResult &result) const
{
    for (const auto &line : result.failures)
    {
        spdlog::error(line);
    }
    if (m_json)
    {
        fmt::print("{}\n", stac::text_of_json(result.report, 2));
    }
    const bool has_begun = result.report["planned"] != result.report["pending"];
    if (has_begun || result.state != engine::RunState::Refused)
    {
        spdlog::info("event=end state=\"{}\" {}", result.report["state"].get<std::string>(), result.summary);
    }
    switch (result.state)
    {
    case engine::RunState::Finished:
        return ExitDone;
    case engine::RunState::FinishedWithFailures:
    case engine::RunState::TooManyFailures:
        return ExitTilesFailed;
    case engine::RunState::Refused:
        throw StoreError(result.refusal);
    case engine::RunState::Stopped:
        break;
    }
    return 128 + m_options.stop.signal();
}

} // namespace tiledir::commands
