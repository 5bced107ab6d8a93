// A command: one file each, known to command_registry.cpp, with no logic of its own.
#pragma once

#include "tools/engine/processes/process_registry.h"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <vector>

namespace tiledir::commands
{

/// What a command ends with; said in docs/reference/commands.md.
enum ExitCode
{
    ExitDone = 0,
    ExitUnexpected = 1,
    ExitBadInput = 2,    ///< usage, recipe or input: nothing was changed
    ExitTilesFailed = 3, ///< all others are made
    ExitStoreRefused = 4 ///< disk full, no permission: the same command goes on later
    // 128 + signal: stopped by it, the same command goes on later
};

class Command
{
public:
    virtual ~Command() = default;
    virtual std::string name() const = 0;
    virtual std::string description() const = 0;
    /// Declares the command's options.
    virtual void setup(CLI::App &app) = 0;
    /// Returns the exit code; recipes may name `processes`. Throws tiledir::Error.
    virtual int run(const engine::ProcessRegistry &processes) = 0;
};

/// All of them, in the order of --help.
std::vector<std::unique_ptr<Command>> all_commands();

} // namespace tiledir::commands
