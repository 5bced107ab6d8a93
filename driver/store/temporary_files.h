// Names of temporary files that tell whose they are.
#pragma once

#include <string>

namespace tiledir::store
{

/// HOST-PID-RANDOM-, the same for no two stores.
std::string temporary_prefix();

/// Deletes files of this host's processes that are no more, and of other hosts where they are over a day old. What
/// cannot be deleted stays.
void remove_temporary_files_of_the_dead(const std::string &folder);

} // namespace tiledir::store
