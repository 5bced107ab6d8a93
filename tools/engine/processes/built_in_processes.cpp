// The processes of tiledir. Alone in its file: the program of the tests has another one, with more processes.
#include "tools/engine/processes/hillshade_process.h"
#include "tools/engine/processes/process_registry.h"

namespace tiledir::engine
{

ProcessRegistry built_in_processes()
{
    ProcessRegistry processes;
    processes.add(hillshade_process());
    return processes;
}

} // namespace tiledir::engine
