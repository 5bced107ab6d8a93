// The processes of tiledir. Alone in its file: the program of the tests has another one, with more processes.
#include "tools/engine/processes/built_in/built_in_processes.h"

#include "tools/engine/processes/algebra/expression_process.h"
#include "tools/engine/processes/algebra/focal_process.h"
#include "tools/engine/processes/terrain/aspect_process.h"
#include "tools/engine/processes/terrain/color_relief_process.h"
#include "tools/engine/processes/terrain/hillshade_process.h"
#include "tools/engine/processes/terrain/ruggedness_processes.h"
#include "tools/engine/processes/terrain/slope_process.h"

namespace tiledir::engine
{

ProcessRegistry built_in_processes()
{
    ProcessRegistry processes;
    processes.add(hillshade_process());
    processes.add(slope_process());
    processes.add(aspect_process());
    processes.add(color_relief_process());
    processes.add(tri_process());
    processes.add(tpi_process());
    processes.add(roughness_process());
    processes.add(expression_process());
    processes.add(focal_process());
    return processes;
}

} // namespace tiledir::engine
