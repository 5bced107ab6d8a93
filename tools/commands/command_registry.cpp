#include "tools/commands/command.h"
#include "tools/commands/process_command.h"
#include "tools/commands/processes_command.h"
#include "tools/commands/recipe_command.h"
#include "tools/commands/refresh_command.h"
#include "tools/commands/status_command.h"
#include "tools/commands/verify_command.h"
#include "tools/commands/worker_command.h"

namespace tiledir::commands
{

std::vector<std::unique_ptr<Command>> all_commands()
{
    std::vector<std::unique_ptr<Command>> commands;
    commands.push_back(std::make_unique<ProcessCommand>());
    commands.push_back(std::make_unique<ProcessesCommand>());
    commands.push_back(std::make_unique<RecipeCommand>());
    commands.push_back(std::make_unique<RefreshCommand>());
    commands.push_back(std::make_unique<StatusCommand>());
    commands.push_back(std::make_unique<VerifyCommand>());
    commands.push_back(std::make_unique<WorkerCommand>());
    return commands;
}

} // namespace tiledir::commands
