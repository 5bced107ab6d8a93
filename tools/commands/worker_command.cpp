#include "tools/commands/worker_command.h"

#include "tools/engine/executors/worker.h"

namespace tiledir::commands
{

void WorkerCommand::setup(CLI::App &app)
{
    app.add_option("output", m_output,
                   "folder of an output in which a run has begun; else the first line holds the recipe")
        ->type_name("DIR");
}

int WorkerCommand::run(const engine::ProcessRegistry &processes)
{
    return engine::serve_batches(m_output, processes);
}

} // namespace tiledir::commands
