#include "tools/commands/refresh_command.h"

#include "driver/raster/folder/folder_refresh.h"
#include "driver/raster/folder/folder_statistics.h"
#include "driver/raster/folder/time_argument.h"
#include "stac/error.h"
#include "tools/commands/folder_command.h"
#include "tools/engine/host/stop_request.h"

#include <fmt/format.h>

namespace tiledir::commands
{
namespace
{

void print_plan(const raster::DatasetFolder &folder, const raster::RefreshPlan &plan)
{
    for (const auto &intent : plan.left_behind)
    {
        fmt::print("left behind: by {}\n", intent.who);
    }
    fmt::print("base tiles: {} that have changed, or may have\n", plan.stored.count());
    for (auto level = plan.overviews.rbegin(); level != plan.overviews.rend(); ++level)
    {
        if (!level->second.empty())
        {
            fmt::print("  level {}: {} overviews above them\n", folder.pyramid().matrix(level->first).id,
                       level->second.count());
        }
    }
}

} // namespace

void RefreshCommand::setup(CLI::App &app)
{
    add_folder_argument(app, m_folder);
    auto *bounds =
        app.add_option("--bounds", m_bounds, "above the tiles that it touches; minx,miny,maxx,maxy in the grid's CRS")
            ->type_name("X,Y,X,Y")
            ->delimiter(',')
            ->expected(4);
    auto *since = app.add_option("--since", m_since,
                                 "above the tiles written since then: 2026-11-25T09:30:00Z, 2026-11-25, or 90s, 15min, "
                                 "2h, 3d ago")
                      ->type_name("TIME");
    app.add_flag("--all", m_all, "above all tiles")->excludes(bounds)->excludes(since);
    app.add_flag("--statistics", m_statistics,
                 "compute those of the base level afterwards, and put them into the item");
    app.add_flag("--dry-run", m_dry_run, "say what would be made again, and make nothing");
    app.add_flag("--quiet", m_quiet, "errors only");
    add_threads_option(app, m_threads);
}

int RefreshCommand::run(const engine::ProcessRegistry &)
{
    const raster::DatasetFolder folder(m_folder);
    raster::ChangedPart changed;
    changed.all = m_all;
    if (!m_bounds.empty())
    {
        changed.bounds = stac::Bounds{m_bounds[0], m_bounds[1], m_bounds[2], m_bounds[3]};
    }
    if (!m_since.empty())
    {
        changed.since = raster::time_argument(m_since, std::time(nullptr));
    }
    const raster::RefreshPlan plan = raster::plan_refresh(folder, changed);
    if (m_dry_run || !m_quiet)
    {
        print_plan(folder, plan);
    }
    if (m_dry_run)
    {
        return ExitDone;
    }
    raster::RefreshSettings settings;
    settings.threads = threads_for(m_folder, m_threads);
    settings.go_on = until_stopped("refresh", m_quiet);
    try
    {
        const raster::RefreshResult result = raster::run_refresh(folder, plan, settings);
        if (!m_quiet && plan.is_for_process)
        {
            fmt::print("overviews come from the process: recorded as stale, tiledir-process makes them\n");
        }
        else if (!m_quiet)
        {
            fmt::print("written: {}, removed: {}, unchanged: {}\n", result.written, result.removed, result.unchanged);
        }
        if (m_statistics)
        {
            raster::store_statistics(folder, {settings.threads, until_stopped("statistics", m_quiet)});
        }
    }
    catch (const Interrupted &)
    {
        return 128 + engine::stop_signals().signal();
    }
    return ExitDone;
}

} // namespace tiledir::commands
