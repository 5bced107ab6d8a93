// `tiledir process RECIPE`, also called `tiledir-process`.
#pragma once

#include "tools/commands/command.h"
#include "tools/engine/run/run.h"

#include <map>
#include <memory>

namespace tiledir::commands
{

class ProcessCommand : public Command
{
public:
    std::string name() const override { return "process"; }
    std::string description() const override { return "Run a recipe: make the tiles that are not made yet"; }
    void setup(CLI::App &app) override;
    int run(const engine::ProcessRegistry &processes) override;

private:
    int run(engine::Recipe recipe);
    std::shared_ptr<const engine::ResolvedRecipe> resolve(engine::Recipe recipe) const;
    void add_limits(CLI::App &app);
    int end(const engine::RunResult &result) const;

    std::string m_recipe;
    std::map<std::string, std::string> m_overrides; ///< by the recipe's key
    engine::RunOptions m_options;
    bool m_resume = true;
    bool m_dry_run = false;
    bool m_json = false;
    bool m_quiet = false;
    bool m_fail_fast = false;
};

} // namespace tiledir::commands
