// `tiledir recipe`: what a recipe may say.
#pragma once

#include "tools/commands/command.h"

namespace tiledir::commands
{

class RecipeCommand : public Command
{
public:
    std::string name() const override { return "recipe"; }
    std::string description() const override { return "Tell what a recipe may say"; }
    void setup(CLI::App &app) override;
    int run(const engine::ProcessRegistry &processes) override;

private:
    bool m_schema = false;
};

} // namespace tiledir::commands
