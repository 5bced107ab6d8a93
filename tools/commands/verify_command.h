// `tiledir verify DIR`, also called `tiledir-verify`.
#pragma once

#include "tools/commands/command.h"

namespace tiledir::commands
{

class VerifyCommand : public Command
{
public:
    std::string name() const override { return "verify"; }
    std::string description() const override
    {
        return "Read every tile, and compare each overview with what the tiles under it give";
    }
    void setup(CLI::App &app) override;
    int run(const engine::ProcessRegistry &processes) override;

private:
    std::string m_folder;
    bool m_repair = false;
    bool m_quiet = false;
    int m_threads = 0;
};

} // namespace tiledir::commands
