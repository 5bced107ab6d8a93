// `tiledir refresh DIR`, also called `tiledir-refresh`.
#pragma once

#include "tools/commands/command.h"

namespace tiledir::commands
{

class RefreshCommand : public Command
{
public:
    std::string name() const override { return "refresh"; }
    std::string description() const override
    {
        return "Make the overviews again that lie above changed tiles, and no others";
    }
    void setup(CLI::App &app) override;
    int run(const engine::ProcessRegistry &processes) override;

private:
    std::string m_folder;
    std::vector<double> m_bounds;
    std::string m_since;
    bool m_all = false;
    bool m_statistics = false;
    bool m_dry_run = false;
    bool m_quiet = false;
    int m_threads = 0;
};

} // namespace tiledir::commands
