#include "tools/commands/verify_command.h"

#include "driver/raster/folder/folder_repair.h"
#include "stac/error.h"
#include "tools/commands/folder_command.h"
#include "tools/engine/host/stop_request.h"

#include <fmt/format.h>

namespace tiledir::commands
{
namespace
{

void print_counts(const raster::DatasetFolder &folder, const raster::VerifyResult &result)
{
    for (auto level = result.tiles.rbegin(); level != result.tiles.rend(); ++level)
    {
        fmt::print("level {}: {} tiles, {} faults\n", folder.pyramid().matrix(level->first).id, level->second,
                   result.faulty.at(level->first).count());
    }
}

} // namespace

void VerifyCommand::setup(CLI::App &app)
{
    add_folder_argument(app, m_folder);
    app.add_flag("--repair", m_repair, "make overviews that are at fault again");
    app.add_flag("--quiet", m_quiet, "faults only");
    add_threads_option(app, m_threads);
}

int VerifyCommand::run(const engine::ProcessRegistry &)
{
    const raster::DatasetFolder folder(m_folder);
    raster::VerifySettings settings;
    settings.threads = threads_for(m_folder, m_threads);
    settings.found = [](const raster::Fault &fault) { fmt::print("{}\n", fault.what); };
    settings.go_on = until_stopped("verify", m_quiet);
    raster::RefreshSettings repair;
    repair.threads = settings.threads;
    repair.go_on = until_stopped("repair", m_quiet);
    try
    {
        const raster::VerifyResult result = raster::verify_folder(folder, settings);
        std::int64_t faults = result.faults;
        if (!m_quiet)
        {
            print_counts(folder, result);
        }
        if (m_repair && result.faults > 0)
        {
            const raster::RepairResult repaired = raster::repair_folder(folder, result, repair, settings);
            fmt::print("repaired: {} written, {} removed\n", repaired.made.written, repaired.made.removed);
            faults = repaired.faults;
        }
        return faults > 0 ? ExitTilesFailed : ExitDone;
    }
    catch (const Interrupted &)
    {
        return 128 + engine::stop_signals().signal();
    }
}

} // namespace tiledir::commands
