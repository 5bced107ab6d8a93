// `tiledir worker DIR`: what executors of other processes and machines start.
#pragma once

#include "tools/commands/command.h"

#include <utility>

namespace tiledir::commands
{

class WorkerCommand : public Command
{
public:
    explicit WorkerCommand(engine::ProcessRegistry processes)
        : m_known(std::move(processes))
    {
    }
    std::string name() const override { return "worker"; }
    std::string description() const override
    {
        return "Make the batches that come as JSON lines on standard input, of the recipe saved in an output";
    }
    void setup(CLI::App &app) override;
    int run() override;

private:
    const engine::ProcessRegistry m_known; ///< processes
    std::string m_output;
};

} // namespace tiledir::commands
