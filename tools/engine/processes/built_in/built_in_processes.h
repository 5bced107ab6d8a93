// The processes of the program.
#pragma once

#include "tools/engine/processes/process_registry.h"

namespace tiledir::engine
{

/// A new one is a new file on a shelf of processes/ and a line in built_in_processes.cpp.
ProcessRegistry built_in_processes();

} // namespace tiledir::engine
