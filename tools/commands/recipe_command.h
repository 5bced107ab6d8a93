// `tiledir recipe`: what a recipe may say.
#pragma once

#include "tools/commands/command.h"

#include <utility>

namespace tiledir::commands
{

class RecipeCommand : public Command
{
public:
    explicit RecipeCommand(engine::ProcessRegistry processes)
        : m_known(std::move(processes))
    {
    }
    std::string name() const override { return "recipe"; }
    std::string description() const override
    {
        return "Tell what a recipe may say: keys, processes and their parameters";
    }
    void setup(CLI::App &app) override;
    int run() override;

private:
    const engine::ProcessRegistry m_known; ///< processes
    bool m_schema = false;
    bool m_processes = false;
};

} // namespace tiledir::commands
