// What commands that work on a folder of tiles have in common.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

namespace tiledir::commands
{

void add_folder_argument(CLI::App &app, std::string &folder);
void add_threads_option(CLI::App &app, int &threads);

/// Where none were asked for (0): one a processor; of folders over a network, whose store answers many at once, more.
int threads_for(const std::string &folder, int asked);

/// From now on a signal ends the work: what is given is called with the part that is done and says whether to go on.
/// Unless quiet, a line on stderr each ten seconds says how far it is.
std::function<bool(double done)> until_stopped(const std::string &what, bool quiet);

} // namespace tiledir::commands
