#include "tools/commands/folder_command.h"

#include "driver/store/network_path.h"
#include "tools/engine/host/stop_request.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

namespace tiledir::commands
{
namespace
{

constexpr unsigned kNetworkThreads = 16;
constexpr std::chrono::seconds kLineInterval{10};

} // namespace

void add_folder_argument(CLI::App &app, std::string &folder)
{
    app.add_option("folder", folder,
                   "folder of tiles with a stac.json, or the item's file; s3://, gs:// and az:// URLs, too")
        ->required()
        ->type_name("DIR");
}

void add_threads_option(CLI::App &app, int &threads)
{
    app.add_option("--threads", threads, "tiles at once; one a processor, of object stores at least 16")
        ->type_name("N")
        ->check(CLI::Range(1, 1024));
}

int threads_for(const std::string &folder, int asked)
{
    const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
    const unsigned best =
        store::is_on_network(store::vsi_path(folder)) ? std::max(processors, kNetworkThreads) : processors;
    return asked > 0 ? asked : static_cast<int>(best);
}

std::function<bool(double done)> until_stopped(const std::string &what, bool quiet)
{
    engine::catch_stop_signals();
    const engine::StopToken stop = engine::stop_signals();
    auto next =
        std::make_shared<std::chrono::steady_clock::time_point>(std::chrono::steady_clock::now() + kLineInterval);
    return [=](double done)
    {
        if (const auto now = std::chrono::steady_clock::now(); !quiet && now >= *next)
        {
            *next = now + kLineInterval;
            spdlog::info("event=progress of={} percent={:.0f}", what, 100 * done);
        }
        return !stop.is_asked();
    };
}

} // namespace tiledir::commands
