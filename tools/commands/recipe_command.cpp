#include "tools/commands/recipe_command.h"

#include "tools/engine/recipe/recipe.h"

#include <fmt/format.h>

namespace tiledir::commands
{
namespace
{

engine::Json schema_of_all(const engine::ProcessRegistry &processes)
{
    engine::Json schema = engine::recipe_schema().json_schema();
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
    schema["title"] = "tiledir recipe";
    engine::Json parameters = engine::Json::array();
    for (const auto &kind : processes.kinds())
    {
        engine::Json of_kind = kind->parameters.json_schema();
        of_kind["title"] = kind->name;
        parameters.push_back(of_kind);
    }
    schema["properties"]["parameters"] = {{"anyOf", parameters}};
    return schema;
}

} // namespace

void RecipeCommand::setup(CLI::App &app)
{
    app.add_flag("--schema", m_schema, "print the JSON Schema of recipes");
    app.add_flag("--processes", m_processes, "print the names of the processes");
}

int RecipeCommand::run(const engine::ProcessRegistry &processes)
{
    if (m_schema)
    {
        fmt::print("{}\n", schema_of_all(processes).dump(2));
        return ExitDone;
    }
    if (m_processes)
    {
        for (const auto &kind : processes.kinds())
        {
            fmt::print("{}: {}\n", kind->name, kind->title);
        }
        return ExitDone;
    }
    fmt::print("# Keys of a recipe\n\nA scalar or list where a map is expected is its first key: `output: DIR`.\n\n{}",
               engine::recipe_schema().markdown());
    for (const auto &kind : processes.kinds())
    {
        fmt::print("\n## Parameters of {}\n\n{}.\n\n{}", kind->name, kind->title, kind->parameters.markdown());
    }
    return ExitDone;
}

} // namespace tiledir::commands
