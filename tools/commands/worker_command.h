// `tiledir worker DIR`: what executors of other processes and machines start.
#pragma once

#include "tools/commands/command.h"

namespace tiledir::commands
{

class WorkerCommand : public Command
{
public:
    std::string name() const override { return "worker"; }
    std::string description() const override
    {
        return "Make the batches that come as JSON lines on standard input, of the recipe saved in an output";
    }
    void setup(CLI::App &app) override;
    int run(const engine::ProcessRegistry &processes) override;

private:
    std::string m_output;
};

} // namespace tiledir::commands
