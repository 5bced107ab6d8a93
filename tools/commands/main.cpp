// `tiledir COMMAND ...`, and `tiledir-COMMAND ...` for each of them.
#include "stac/error.h"
#include "stac/nearest_name.h"
#include "stac/version.h"
#include "tools/commands/command.h"
#include "tools/commands/redacting_formatter.h"
#include "tools/engine/processes/built_in/built_in_processes.h"

#include <cpl_conv.h>
#include <fmt/format.h>
#include <gdal.h>
#include <spdlog/cfg/env.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <new>

namespace
{

using namespace tiledir;
using commands::Command;

/// The known flag that an unknown one most likely meant.
std::string suggestion(const CLI::App &app, int argc, char **argv)
{
    std::vector<std::string> known;
    for (const CLI::Option *option : app.get_options())
    {
        for (const auto &name : option->get_lnames())
        {
            known.push_back("--" + name);
        }
    }
    for (const CLI::App *command : app.get_subcommands({}))
    {
        known.push_back(command->get_name());
    }
    for (int i = 1; i < argc; ++i)
    {
        const std::string argument = std::string(argv[i]).substr(0, std::string(argv[i]).find('='));
        const bool may_be_known = argument.rfind("--", 0) == 0 || (i == 1 && !app.get_subcommands({}).empty());
        if (may_be_known && std::find(known.begin(), known.end(), argument) == known.end())
        {
            const std::string near = stac::nearest_name(argument, known);
            return near.empty() ? "" : fmt::format("; the nearest known to {} is {}", argument, near);
        }
    }
    return "";
}

/// One line on stderr and the exit code: the command's edge, where errors end.
int guarded(const std::string &name, const std::function<int()> &work)
{
    const auto fail = [&](const char *what, int code)
    {
        fmt::print(stderr, "{}: {}\n", name, engine::Secrets().redacted(what));
        return code;
    };
    try
    {
        return work();
    }
    catch (const InputError &error)
    {
        return fail(error.what(), commands::ExitBadInput);
    }
    catch (const TileError &error)
    {
        return fail(error.what(), commands::ExitTilesFailed);
    }
    catch (const StoreError &error)
    {
        return fail(error.what(), commands::ExitStoreRefused);
    }
    catch (const std::bad_alloc &)
    {
        return fail("out of memory", commands::ExitUnexpected);
    }
    catch (const std::exception &error)
    {
        return fail(error.what(), commands::ExitUnexpected);
    }
}

int usage_error(const CLI::App &app, const CLI::ParseError &error, int argc, char **argv)
{
    if (error.get_exit_code() == 0)
    {
        return app.exit(error);
    }
    const std::string name =
        app.get_parent() == nullptr ? app.get_name() : app.get_parent()->get_name() + " " + app.get_name();
    fmt::print(stderr, "{}: {}{} (see --help)\n", name, error.what(), suggestion(app, argc, argv));
    return commands::ExitBadInput;
}

/// Blocks of inputs are read once, in the order of the batches: more cache than a few rows of blocks saves nothing.
constexpr GIntBig kInputCacheBytes = 32 << 20;

/// Errors of GDAL that matter are thrown on with their text; the rest are GDAL's own talk.
void prepare_gdal()
{
    GDALAllRegister();
    if (CPLGetConfigOption("GDAL_CACHEMAX", nullptr) == nullptr)
    {
        GDALSetCacheMax64(kInputCacheBytes);
    }
    CPLSetErrorHandler(CPLQuietErrorHandler);
}

int run(int argc, char **argv)
{
    const std::string called = std::string(argv[0]).substr(std::string(argv[0]).find_last_of('/') + 1);
    spdlog::set_default_logger(spdlog::stderr_color_mt("tiledir"));
    commands::redact_logs(engine::Secrets());
    spdlog::cfg::load_env_levels();

    CLI::App app("Tile directories: grids of tiles made by recipes, one STAC item, one dataset", called);
    app.set_version_flag("--version", std::string("tiledir ") + kVersion);
    const auto all = commands::all_commands();
    Command *chosen = nullptr;
    for (const auto &command : all)
    {
        if (called == "tiledir-" + command->name())
        {
            chosen = command.get();
        }
    }
    if (chosen != nullptr)
    {
        app.description(chosen->description());
        chosen->setup(app);
    }
    else
    {
        app.require_subcommand(1);
        for (const auto &command : all)
        {
            CLI::App *subcommand = app.add_subcommand(command->name(), command->description());
            command->setup(*subcommand);
            subcommand->callback([&chosen, command = command.get()] { chosen = command; });
        }
    }
    try
    {
        app.parse(argc, argv);
    }
    catch (const CLI::ParseError &error)
    {
        const auto subcommands = app.get_subcommands();
        return usage_error(subcommands.empty() ? app : *subcommands.front(), error, argc, argv);
    }
    prepare_gdal();
    return guarded(called, [&] { return chosen->run(engine::built_in_processes()); });
}

} // namespace

int main(int argc, char **argv)
{
    const int status = run(argc, argv);
    std::fflush(nullptr);
    // The libraries that libgdal brings take milliseconds to be taken down, and have nothing of ours to end.
    std::_Exit(status);
}
