// `tiledir status DIR`, also called `tiledir-status`.
#pragma once

#include "tools/commands/command.h"

namespace tiledir::commands
{

class StatusCommand : public Command
{
public:
    std::string name() const override { return "status"; }
    std::string description() const override { return "Tell how far the output of a run is, and what failed"; }
    void setup(CLI::App &app) override;
    int run(const engine::ProcessRegistry &processes) override;

private:
    std::string m_folder;
    bool m_json = false;
};

} // namespace tiledir::commands
