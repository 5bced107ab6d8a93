#include "tools/commands/status_command.h"

#include "stac/json/json_document.h"
#include "tools/engine/output/status.h"

#include <fmt/format.h>

namespace tiledir::commands
{
namespace
{

std::int64_t number(const engine::Json &counts, const char *key)
{
    return counts.at(key).get<std::int64_t>();
}

void print(const engine::Json &status)
{
    fmt::print("state: {}\n", status.at("state").get<std::string>());
    for (const auto &who : status.at("by"))
    {
        fmt::print("by: {}\n", who.get<std::string>());
    }
    for (const char *key : {"started", "updated"})
    {
        if (status.at(key).is_string())
        {
            fmt::print("{}: {}\n", key, status.at(key).get<std::string>());
        }
    }
    for (const auto &[level, counts] : status.at("levels").items())
    {
        fmt::print("level {}: {} done, {} failed, {} pending\n", level,
                   number(counts, "stored") + number(counts, "empty") + number(counts, "foreign"),
                   number(counts, "failed"), number(counts, "pending"));
    }
    for (const auto &failure : status.at("failed"))
    {
        fmt::print("failed {}: {}\n", failure.at("tile").get<std::string>(), failure.at("reason").get<std::string>());
    }
}

} // namespace

void StatusCommand::setup(CLI::App &app)
{
    app.add_option("folder", m_folder, "output of a run; s3://, gs:// and az:// URLs, too")
        ->required()
        ->type_name("DIR");
    app.add_flag("--json", m_json, "print it machine-readable");
}

int StatusCommand::run(const engine::ProcessRegistry &processes)
{
    const engine::Json status = engine::status(m_folder, processes);
    if (m_json)
    {
        fmt::print("{}\n", stac::text_of_json(status, 2));
    }
    else
    {
        print(status);
    }
    return ExitDone;
}

} // namespace tiledir::commands
