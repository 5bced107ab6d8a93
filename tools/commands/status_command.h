// `tiledir status DIR`, also called `tiledir-status`.
#pragma once

#include "tools/commands/command.h"

#include <utility>

namespace tiledir::commands
{

class StatusCommand : public Command
{
public:
    explicit StatusCommand(engine::ProcessRegistry processes)
        : m_known(std::move(processes))
    {
    }
    std::string name() const override { return "status"; }
    std::string description() const override { return "Tell how far the output of a run is, and what failed"; }
    void setup(CLI::App &app) override;
    int run() override;

private:
    const engine::ProcessRegistry m_known; ///< processes
    std::string m_folder;
    bool m_json = false;
};

} // namespace tiledir::commands
