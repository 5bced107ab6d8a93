#include "tools/commands/processes_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tiledir::commands
{
namespace
{

void tell(const engine::ProcessKind &kind)
{
    fmt::print("## {}\n\n{}.\n\n{}\n\n{}\n", kind.name, kind.title,
               kind.reads ? "Inputs: of any names." : fmt::format("Input: {}.", fmt::join(kind.inputs, ", ")),
               kind.parameters.markdown());
}

} // namespace

void ProcessesCommand::setup(CLI::App &app)
{
    app.add_option("name", m_names, "processes whose parameters are told; all are listed where none is given");
    app.add_flag("--all", m_all, "tell the parameters of all");
}

int ProcessesCommand::run(const engine::ProcessRegistry &processes)
{
    for (const std::string &name : m_names)
    {
        tell(*processes.find(name));
    }
    for (const auto &kind : processes.kinds())
    {
        if (m_all)
        {
            tell(*kind);
        }
        else if (m_names.empty())
        {
            fmt::print("{}: {}\n", kind->name, kind->title);
        }
    }
    return ExitDone;
}

} // namespace tiledir::commands
