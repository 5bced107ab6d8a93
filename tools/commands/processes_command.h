// `tiledir processes [NAME]`: what recipes can make.
#pragma once

#include "tools/commands/command.h"

#include <string>
#include <vector>

namespace tiledir::commands
{

class ProcessesCommand : public Command
{
public:
    std::string name() const override { return "processes"; }
    std::string description() const override { return "List the processes, or tell the parameters of some"; }
    void setup(CLI::App &app) override;
    int run(const engine::ProcessRegistry &processes) override;

private:
    std::vector<std::string> m_names;
    bool m_all = false;
};

} // namespace tiledir::commands
