#include "tools/engine/executors/executor_registry.h"

#include "tools/engine/recipe/executor_names.h"

#include <gtest/gtest.h>

#include <set>

namespace tiledir::engine
{

namespace
{

std::string chosen(const std::string &executor, double timeout)
{
    Recipe recipe;
    recipe.executor = executor;
    recipe.tile_timeout = timeout;
    return executor_of(recipe).name;
}

} // namespace

TEST(ExecutorRegistry, AutoIsTheFirstThatHeedsTheTimeOut)
{
    EXPECT_EQ(chosen("auto", 0), "threads");
    EXPECT_EQ(chosen("auto", 2), "workers");
}

TEST(ExecutorRegistry, ANamedOneIsTakenWhateverTheRecipeSays)
{
    for (const std::string &name : executor_names())
    {
        EXPECT_EQ(chosen(name, 2), name);
        EXPECT_EQ(chosen(name, 0), name);
    }
}

TEST(ExecutorRegistry, NamesAreThoseThatTheSchemaOffers)
{
    const Json schema = recipe_schema().json_schema();
    std::set<std::string> offered;
    for (const auto &name : schema["properties"]["executor"]["enum"])
    {
        offered.insert(name.get<std::string>());
    }
    const auto names = executor_names();
    std::set<std::string> known(names.begin(), names.end());
    known.insert("auto");
    EXPECT_EQ(offered, known);
}

} // namespace tiledir::engine
