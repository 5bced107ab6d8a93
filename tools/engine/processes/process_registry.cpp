// The kinds of processes. Alone in its file: the program of the tests has another one, with more kinds.
#include "tools/engine/processes/hillshade_process.h"
#include "tools/engine/processes/process.h"

namespace tiledir::engine
{

const std::vector<ProcessKind> &process_kinds()
{
    static const std::vector<ProcessKind> kKinds = {hillshade_process()};
    return kKinds;
}

} // namespace tiledir::engine
