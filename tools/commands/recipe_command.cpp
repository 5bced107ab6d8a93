#include "tools/commands/recipe_command.h"

#include "tools/engine/recipe/recipe.h"

#include <fmt/format.h>

namespace tiledir::commands
{
namespace
{

/// With the parameters of each process, so that an editor completes those of the one that is named.
engine::Json schema_of_all(const engine::ProcessRegistry &processes)
{
    engine::Json schema = engine::recipe_schema().json_schema();
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
    schema["title"] = "tiledir recipe";
    engine::Json names = engine::Json::array();
    engine::Json kinds = engine::Json::array();
    for (const auto &kind : processes.kinds())
    {
        engine::Json parameters = kind->parameters.json_schema();
        parameters["description"] = kind->title;
        engine::Json of_kind;
        of_kind["if"]["properties"]["process"]["const"] = kind->name;
        of_kind["then"]["properties"]["parameters"] = std::move(parameters);
        names.push_back(kind->name);
        kinds.push_back(std::move(of_kind));
    }
    engine::Json step;
    step["type"] = "object";
    step["required"] = {"name"};
    step["properties"]["name"]["enum"] = names;
    step["properties"]["parameters"]["type"] = "object";
    step["properties"]["input"]["type"] = "object";
    engine::Json steps = {{"type", "array"}, {"minItems", 1}, {"items", std::move(step)}};
    schema["properties"]["process"]["anyOf"] = {{{"enum", std::move(names)}}, std::move(steps)};
    schema["allOf"] = std::move(kinds);
    return schema;
}

} // namespace

void RecipeCommand::setup(CLI::App &app)
{
    app.add_flag("--schema", m_schema, "print the JSON Schema of recipes");
}

int RecipeCommand::run(const engine::ProcessRegistry &processes)
{
    if (m_schema)
    {
        fmt::print("{}\n", schema_of_all(processes).dump(2));
        return ExitDone;
    }
    fmt::print("# Keys of a recipe\n\nA scalar or list where a map is expected is its first key: `output: DIR`.\n\n{}",
               engine::recipe_schema().markdown());
    return ExitDone;
}

} // namespace tiledir::commands
